/**
 * The set of visited states: 64-bit hashes in one open-addressed table of 8-byte slots, which threads may share. Only an
 * empty slot is ever written, by compare-and-swap on its low word. A thread that sees a low word waits for the high word.
 */
export class Visited {
  readonly table: Int32Array;

  constructor(table: Int32Array) {
    this.table = table;
  }

  /** Whether a table with so many hashes is too full for quick insertion. */
  isCrowdedBy(states: number): boolean {
    return states >= 0.3 * this.table.length;
  }

  /** A set of the same hashes in a table of twice the size. No other thread may insert meanwhile. */
  doubled(): Visited {
    const larger = new Visited(new Int32Array(new SharedArrayBuffer(2 * this.table.byteLength)));
    this.copyTo(larger);
    return larger;
  }

  /** A set of the same hashes in a table of its own. */
  copied(): Visited {
    const copy = new Visited(new Int32Array(new SharedArrayBuffer(this.table.byteLength)));
    copy.table.set(this.table);
    return copy;
  }

  /** A table of 2^bits slots. */
  static allocate(bits = 18): Int32Array {
    return new Int32Array(new SharedArrayBuffer(8 * 2 ** bits));
  }

  /** Adds the hash. Returns whether it is new. */
  insert(low: number, high: number): boolean {
    const { table } = this;
    const mask = table.length / 2 - 1;
    // Zero means empty.
    const first = low | 0 || 1;
    const second = high | 0 || 1;
    // The low word alone would send many states to few slots, so the high word is mixed in.
    for (let slot = (first ^ Math.imul(second, 0x9e3779b1)) & mask; ; slot = (slot + 1) & mask) {
      const found = table[2 * slot] || Atomics.compareExchange(table, 2 * slot, 0, first);
      if (found === 0) {
        Atomics.store(table, 2 * slot + 1, second);
        return true;
      }
      if (found === first && this.highAt(slot) === second) return false;
    }
  }

  private copyTo(larger: Visited): void {
    const { table } = this;
    for (let slot = 0; slot < table.length; slot += 2) {
      const low = table[slot] ?? 0;
      if (low !== 0) larger.insert(low, table[slot + 1] ?? 0);
    }
  }

  private highAt(slot: number): number {
    let high = this.table[2 * slot + 1] ?? 0;
    while (high === 0) high = Atomics.load(this.table, 2 * slot + 1);
    return high;
  }
}
