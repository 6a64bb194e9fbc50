/** An operation as the search sees it. */
export interface Call {
  /** Its number in the machine. */
  readonly operation: number;
  /** When it was invoked, by the index of the event. */
  readonly invoked: number;
  /** When it returned, or Infinity where it is open: it may then take effect at any time since, or never. */
  readonly returned: number;
  /** Whether it was under way before the search begins, and may have taken effect already. */
  readonly mayPrecede: boolean;
}

/**
 * The calls and returns that are neither idle nor lifted, in order of time, as one doubly linked ring (Lowe 2017, section 3). Of n calls,
 * the call i is the entry i, its return the entry n + i, and the entry 2n is where the ring begins and ends.
 */
export class Timeline {
  private readonly after: Int32Array;
  private readonly before: Int32Array;
  private readonly count: number;

  constructor(calls: readonly Call[], isIdle: (call: number) => boolean) {
    this.count = calls.length;
    this.after = new Int32Array(2 * this.count + 1);
    this.before = new Int32Array(2 * this.count + 1);
    const entries = calls.flatMap(({ invoked, returned }, call) => {
      if (isIdle(call)) return [];
      const invocation = { entry: call, time: invoked };
      return returned === Infinity
        ? [invocation]
        : [invocation, { entry: this.count + call, time: returned }];
    });
    let last = 2 * this.count;
    for (const { entry } of entries.sort((one, other) => one.time - other.time)) {
      this.link(last, entry);
      last = entry;
    }
    this.link(last, 2 * this.count);
  }

  get first(): number {
    return this.next(2 * this.count);
  }

  next(entry: number): number {
    return this.after[entry] ?? 0;
  }

  isCall(entry: number): boolean {
    return entry < this.count;
  }

  /** Takes out a call with its return, if it has one. */
  lift(call: number, isOpen: boolean): void {
    this.unlink(call);
    if (!isOpen) this.unlink(this.count + call);
  }

  /** Puts it back. What was lifted last comes back first. */
  unlift(call: number, isOpen: boolean): void {
    if (!isOpen) this.relink(this.count + call);
    this.relink(call);
  }

  private unlink(entry: number): void {
    this.link(this.before[entry] ?? 0, this.after[entry] ?? 0);
  }

  private relink(entry: number): void {
    this.after[this.before[entry] ?? 0] = entry;
    this.before[this.after[entry] ?? 0] = entry;
  }

  private link(one: number, other: number): void {
    this.after[one] = other;
    this.before[other] = one;
  }
}
