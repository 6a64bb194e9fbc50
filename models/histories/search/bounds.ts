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

/** The bound that ended a check before its verdict. */
export type MetBound = 'configurations' | 'steps' | 'progress';

/** Counts the steps of a check, and detects when a bound is met. */
export class Effort implements CheckProgress {
  keys = 0;
  steps = 0;
  readonly of: number;
  readonly configurations: number;
  private readonly maxSteps: number;
  private readonly onProgress: (headway: CheckProgress) => boolean;
  private met: MetBound | undefined;

  constructor({ configurations, steps, onProgress = () => true }: CheckBounds, keys: number) {
    this.configurations = configurations;
    this.maxSteps = steps;
    this.onProgress = onProgress;
    this.of = keys;
  }

  /** The bound that ended the check, or undefined while steps are left. */
  get spent(): MetBound | undefined {
    return this.met;
  }

  /** Takes one step. Returns false if none is left. */
  step(): boolean {
    if (this.met !== undefined) return false;
    if (this.steps >= this.maxSteps) this.met = 'steps';
    else if (++this.steps % 4096 === 0 && !this.onProgress(this)) this.met = 'progress';
    return this.met === undefined;
  }
}
