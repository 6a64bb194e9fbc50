/**
 * Which operations have been put in order, and the set of all configurations met so far: that, and the state it led to.
 * Operations that returned have their bits in the order of their invocation. As those put in order lie close together
 * (all before some point in time, none after another), only the words in between are kept. Open operations would spoil that
 * by staying out for ever, and have words of their own.
 */
export class Configurations {
  /** How many there are. */
  size = 0;
  private readonly most: number;
  private readonly closed: Uint32Array;
  private readonly open: Uint32Array;
  /** All closed operations before this one are in order, and this one is not. */
  private low = 0;
  /** No closed operation from this one on is in order. */
  private high = 0;
  /** All configurations, one behind the other. In pieces, so that growing copies nothing. */
  private readonly chunks: Uint32Array[] = [];
  /** The size of a piece is two to this power. */
  private readonly chunkBits: number;
  /** Where in the chunks the next configuration goes. */
  private end = 0;
  /** An open-addressed table of where each begins, plus one: zero means empty. */
  private table = new Uint32Array(1024);
  /** The configuration that is looked up. */
  private readonly words: Uint32Array;

  constructor(closed: number, open: number, most: number) {
    this.closed = new Uint32Array((closed >>> 5) + 1);
    this.open = new Uint32Array((open + 31) >>> 5);
    this.words = new Uint32Array(3 + this.closed.length + this.open.length);
    this.chunkBits = Math.max(12, Math.ceil(Math.log2(this.words.length)));
    this.most = most;
  }

  /** Whether there is no room for another. */
  get isFull(): boolean {
    return this.size >= this.most;
  }

  /** Whether this open operation has been put in order. */
  hasOpen(place: number): boolean {
    return bit(this.open, place);
  }

  /** Puts an operation in order. */
  put(place: number, isOpen: boolean): void {
    if (isOpen) return flip(this.open, place);
    flip(this.closed, place);
    this.high = Math.max(this.high, place + 1);
    while (bit(this.closed, this.low)) this.low++;
  }

  /** Takes it out again. */
  takeOut(place: number, isOpen: boolean): void {
    if (isOpen) return flip(this.open, place);
    flip(this.closed, place);
    this.low = Math.min(this.low, place);
    while (this.high > 0 && !bit(this.closed, this.high - 1)) this.high--;
  }

  /** Adds what is in order now, together with this state. Yields whether that is new. */
  add(state: number): boolean {
    const length = this.write(state);
    const slot = this.slotOf(this.words, length);
    if (this.table[slot] !== 0) return false;
    this.table[slot] = this.keep(length) + 1;
    this.size++;
    if (2 * this.size > this.table.length) this.grow();
    return true;
  }

  /** Writes the configuration into `words`, and yields how many it takes. Equal ones are written in equal words. */
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

  /** The slot of the configuration in these words, or the empty one where it belongs. */
  private slotOf(words: Uint32Array, length: number, begin = 0): number {
    let hash = 0;
    for (let at = begin; at < begin + length; at++) hash = mixed(hash ^ (words[at] ?? 0));
    const mask = this.table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const kept = this.table[slot] ?? 0;
      if (kept === 0 || this.isKeptAt(kept - 1, words, length, begin)) return slot;
    }
  }

  private isKeptAt(place: number, words: Uint32Array, length: number, begin: number): boolean {
    const chunk = this.chunks[place >>> this.chunkBits];
    const offset = this.offsetOf(place);
    for (let at = 0; at < length; at++) if (chunk?.[offset + at] !== words[begin + at]) return false;
    return true;
  }

  /** Copies the first of `words` behind all others, into a new piece if the last has no room. */
  private keep(length: number): number {
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
    for (const kept of table) {
      if (kept === 0) continue;
      const chunk = this.chunks[(kept - 1) >>> this.chunkBits] ?? this.words;
      const offset = this.offsetOf(kept - 1);
      this.table[this.slotOf(chunk, chunk[offset] ?? 0, offset)] = kept;
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

function flip(words: Uint32Array, place: number): void {
  words[place >>> 5] = (words[place >>> 5] ?? 0) ^ (1 << (place & 31));
}
