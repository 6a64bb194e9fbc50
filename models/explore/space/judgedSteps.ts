const bits = 20;

/**
 * A cache of the steps that the properties have judged: 64-bit hashes in a table of fixed size. Of two hashes with the
 * same place the later one stays; a step that was evicted is merely judged again.
 */
export class JudgedSteps {
  private readonly table = new Int32Array(2 ** (bits + 1));

  /** Whether the step with this number was judged with these words, from `start` to `end`. From now on it counts as judged. */
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
