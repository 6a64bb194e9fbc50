/** The bounds of a check. A check that meets one gives up with the verdict `unknown`. It is deterministic without `onProgress`. */
export interface CheckBounds {
  /** The most configurations stored for one key. Each takes some tens of bytes, more if many operations are open. */
  readonly configurations: number;
  /** The most steps over all keys. A step tries one operation. */
  readonly steps: number;
  /** Called every 4096 steps. Returning false ends the check. */
  readonly onProgress?: (headway: CheckProgress) => boolean;
}

/** The progress of a check. */
export interface CheckProgress {
  /** The number of keys done. */
  readonly keys: number;
  /** The number of all keys. */
  readonly of: number;
  readonly steps: number;
}

/** The bound that ended a search before its verdict. */
export type MetBound = 'configurations' | 'steps' | 'progress';

/** Counts the steps of a check, and detects when a bound is met: of the whole check, or of the slice that one search has. */
export class Effort implements CheckProgress {
  keys = 0;
  steps = 0;
  readonly of: number;
  /** The most configurations that the current search may store. */
  configurations: number;
  private readonly bounds: CheckBounds;
  /** The number of steps at which the slice ends. */
  private end: number;
  private met: MetBound | undefined;
  private isStopped = false;

  constructor(bounds: CheckBounds, keys: number) {
    this.bounds = bounds;
    this.configurations = bounds.configurations;
    this.end = bounds.steps;
    this.of = keys;
  }

  /** The steps that are left of the whole check. */
  get left(): number {
    return this.isStopped ? 0 : this.bounds.steps - this.steps;
  }

  /** The bound that ended the slice or the whole check, or undefined while steps are left. */
  get spent(): MetBound | undefined {
    return this.met;
  }

  /** Begins a slice: the next searches may store this many configurations each, and take this many steps together. */
  slice(configurations: number, steps: number): void {
    this.configurations = Math.min(configurations, this.bounds.configurations);
    this.end = Math.min(this.steps + steps, this.bounds.steps);
    if (!this.isStopped) this.met = undefined;
  }

  /** Takes one step. Returns false if none is left. */
  step(): boolean {
    if (this.met !== undefined) return false;
    if (this.steps >= this.end) this.met = 'steps';
    else if (++this.steps % 4096 === 0 && this.bounds.onProgress?.(this) === false) {
      this.met = 'progress';
      this.isStopped = true;
    }
    return this.met === undefined;
  }
}
