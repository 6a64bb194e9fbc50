/** What a check may cost before it gives up and says that it does not know. Without `watch` it is deterministic. */
export interface Bounds {
  /** How many configurations may be remembered of one key. Each takes some tens of bytes, and more where many are open. */
  readonly configurations: number;
  /** How often an operation may be tried, over all keys. */
  readonly steps: number;
  /** Told every few thousand steps how far the check is, and asked whether to go on. */
  readonly watch?: (headway: Headway) => boolean;
}

/** How far a check is. */
export interface Headway {
  /** How many keys are done, and how many there are. */
  readonly keys: number;
  readonly of: number;
  readonly steps: number;
}

/** The bound that ended a check before it knew. */
export type Bound = 'configurations' | 'steps' | 'watch';

/** Counts what a check has cost, and tells when its bounds are met. */
export class Effort implements Headway {
  keys = 0;
  steps = 0;
  readonly of: number;
  readonly configurations: number;
  private readonly most: number;
  private readonly watch: (headway: Headway) => boolean;
  private met: Bound | undefined;

  constructor({ configurations, steps, watch = () => true }: Bounds, keys: number) {
    this.configurations = configurations;
    this.most = steps;
    this.watch = watch;
    this.of = keys;
  }

  /** The bound that is met for good, so that nothing more may be tried. */
  get spent(): Bound | undefined {
    return this.met;
  }

  /** Takes one step, if there is one left. */
  step(): boolean {
    if (this.met !== undefined) return false;
    if (this.steps >= this.most) this.met = 'steps';
    else if (++this.steps % 4096 === 0 && !this.watch(this)) this.met = 'watch';
    return this.met === undefined;
  }
}
