/**
 * The set of operations placed in the current order, and all configurations met so far. A configuration is that set with the
 * state to which its order led.
 *
 * Each operation that returned has a bit, in the order of invocation. The placed ones are dense: all before some point in time,
 * none after another. Only the words in between are stored. Open operations may stay out for ever, so they have words of their own.
 */
export class Configurations {
  /** The number of configurations. */
  size = 0;
  private readonly max: number;
  private readonly closed: Uint32Array;
  private readonly open: Uint32Array;
  /** The first closed operation that is not placed. */
  private low = 0;
  /** No closed operation from this one on is placed. */
  private high = 0;
  /** All configurations, one after the other. Chunks, so that growing copies nothing. */
  private readonly chunks: Uint32Array[] = [];
  /** A chunk has two to this power words. */
  private readonly chunkBits: number;
  /** The position at which the next configuration is stored. */
  private end = 0;
  /** An open-addressed hash table of positions plus one. Zero marks an empty slot. */
  private table = new Uint32Array(1024);
  /** The configuration being looked up. */
  private readonly words: Uint32Array;

  constructor(closed: number, open: number, max: number) {
    this.closed = new Uint32Array((closed >>> 5) + 1);
    this.open = new Uint32Array((open + 31) >>> 5);
    this.words = new Uint32Array(3 + this.closed.length + this.open.length);
    this.chunkBits = Math.max(12, Math.ceil(Math.log2(this.words.length)));
    this.max = max;
  }

  /** Whether the bound on their number is met. */
  get isFull(): boolean {
    return this.size >= this.max;
  }

  /** Whether this open operation is placed. */
  hasOpen(place: number): boolean {
    return bit(this.open, place);
  }

  /** Places an operation next. */
  put(place: number, isOpen: boolean): void {
    if (isOpen) return toggle(this.open, place);
    toggle(this.closed, place);
    this.high = Math.max(this.high, place + 1);
    while (bit(this.closed, this.low)) this.low++;
  }

  /** Removes an operation from the order. */
  takeOut(place: number, isOpen: boolean): void {
    if (isOpen) return toggle(this.open, place);
    toggle(this.closed, place);
    this.low = Math.min(this.low, place);
    while (this.high > 0 && !bit(this.closed, this.high - 1)) this.high--;
  }

  /** Adds the current configuration with this state. Returns whether it is new. */
  add(state: number): boolean {
    const length = this.write(state);
    const slot = this.slotOf(this.words, length);
    if (this.table[slot] !== 0) return false;
    this.table[slot] = this.store(length) + 1;
    this.size++;
    if (2 * this.size > this.table.length) this.grow();
    return true;
  }

  /** Writes the configuration into `words`. Returns the number of words. Equal configurations have equal words. */
  private write(state: number): number {
    const { words, closed, open } = this;
    const from = this.low >>> 5;
    let length = 3;
    for (let at = from; 32 * at < this.high; at++) words[length++] = closed[at] ?? 0;
    for (let at = 0; at < open.length; at++) words[length++] = open[at] ?? 0;
    words[0] = length;
    words[1] = state;
    words[2] = from;
    return length;
  }

  /** The slot of the configuration in these words, or the empty slot in which to store it. */
  private slotOf(words: Uint32Array, length: number, begin = 0): number {
    let hash = 0;
    for (let at = begin; at < begin + length; at++) hash = mixed(hash ^ (words[at] ?? 0));
    const mask = this.table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const stored = this.table[slot] ?? 0;
      if (stored === 0 || this.isStoredAt(stored - 1, words, length, begin)) return slot;
    }
  }

  private isStoredAt(place: number, words: Uint32Array, length: number, begin: number): boolean {
    const chunk = this.chunks[place >>> this.chunkBits];
    const offset = this.offsetOf(place);
    for (let at = 0; at < length; at++) if (chunk?.[offset + at] !== words[begin + at]) return false;
    return true;
  }

  /** Stores the first `length` of `words` after all others, in a new chunk if the last has no space. Returns the position. */
  private store(length: number): number {
    const size = 2 ** this.chunkBits;
    if (this.end + length > this.chunks.length * size) {
      this.end = this.chunks.length * size;
      this.chunks.push(new Uint32Array(size));
    }
    const place = this.end;
    this.chunks.at(-1)?.set(this.words.subarray(0, length), this.offsetOf(place));
    this.end += length;
    return place;
  }

  private offsetOf(place: number): number {
    return place & (2 ** this.chunkBits - 1);
  }

  private grow(): void {
    const { table } = this;
    this.table = new Uint32Array(2 * table.length);
    for (const stored of table) {
      if (stored === 0) continue;
      const chunk = this.chunks[(stored - 1) >>> this.chunkBits] ?? this.words;
      const offset = this.offsetOf(stored - 1);
      this.table[this.slotOf(chunk, chunk[offset] ?? 0, offset)] = stored;
    }
  }
}

function mixed(word: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  return Math.imul(once ^ (once >>> 13), 0xc2b2ae35) ^ (once >>> 7);
}

function bit(words: Uint32Array, place: number): boolean {
  return (((words[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1;
}

function toggle(words: Uint32Array, place: number): void {
  words[place >>> 5] = (words[place >>> 5] ?? 0) ^ (1 << (place & 31));
}
