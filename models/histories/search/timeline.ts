/** An operation as the search sees it. Times are indices of events. */
export interface Call {
  /** The operation's number in the machine. */
  readonly operation: number;
  /** When it was invoked. */
  readonly invoked: number;
  /** When it returned, or Infinity if it is open: it may take effect at any later time, or never. */
  readonly returned: number;
  /** Whether it was under way when the window began, and may have taken effect before. */
  readonly mayPrecede: boolean;
}

/**
 * The calls and returns that are neither idle nor lifted, in order of time, as a doubly linked ring (Lowe 2017, section 3).
 * Of n calls, call i is the entry i, its return the entry n + i. The entry 2n closes the ring.
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

  /** Removes a call, and its return if it has one. */
  lift(call: number, isOpen: boolean): void {
    this.unlink(call);
    if (!isOpen) this.unlink(this.count + call);
  }

  /** Puts a call back. Calls must come back in the reverse order of their removal. */
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
