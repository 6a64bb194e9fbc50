const bits = 20;

/**
 * What was judged before, and need not be again: 64-bit hashes in a table of fixed size, in which the latest of two
 * with the same place stays. To forget one only costs the time to judge it once more.
 */
export class Judged {
  private readonly table = new Int32Array(2 ** (bits + 1));

  /** Whether these words, from `start` to `end`, and the number were judged. From now on they are. */
  wasJudged(words: Uint32Array, start: number, end: number, number: number): boolean {
    let low = Math.imul(number + 1, 0x9e3779b1);
    let high = Math.imul(number + 1, 0x85ebca6b);
    for (let at = start; at < end; at++) {
      const word = words[at] ?? 0;
      low = Math.imul((low ^ word) + at, 0xcc9e2d51);
      low = (low << 15) | (low >>> 17);
      high = Math.imul((high ^ word) - at, 0x1b873593);
      high = (high << 13) | (high >>> 19);
    }
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
    high = Math.imul(high ^ (high >>> 16), 0xc2b2ae35);
    // Zero means empty.
    low = low ^ (high >>> 15) || 1;
    const place = 2 * (high >>> (32 - bits));
    if (this.table[place] === low && this.table[place + 1] === high) return true;
    this.table[place] = low;
    this.table[place + 1] = high;
    return false;
  }
}
