import { layout } from '../states/components.ts';

const chunkWords = 2 ** 18;

/** The states that wait to be expanded, first in, first out, one behind the other in typed arrays. */
export class Queue {
  /** How many states were pushed. */
  length = 0;
  private readonly chunks: { readonly words: Uint32Array; used: number }[] = [];
  /** A copy of the state that was read last. The array may be longer than the state. */
  private last = new Uint32Array(64);
  private chunk = 0;
  private offset = 0;

  /** The memory that the states take, in bytes. */
  get bytes(): number {
    return this.chunks.reduce((sum, { words }) => sum + words.byteLength, 0);
  }

  /** Appends a copy of the state. */
  push(state: Uint32Array): void {
    const size = state[layout.size] ?? 0;
    let last = this.chunks.at(-1);
    if (last === undefined || last.used + size > last.words.length) {
      last = { words: new Uint32Array(Math.max(chunkWords, size)), used: 0 };
      this.chunks.push(last);
    }
    last.words.set(state.subarray(0, size), last.used);
    last.used += size;
    this.length++;
  }

  /** The next unread state, or undefined if there is none yet. It is valid until the next is read. */
  read(): Uint32Array | undefined {
    let current = this.chunks[this.chunk];
    if (current !== undefined && this.offset === current.used && this.chunk + 1 < this.chunks.length) {
      current = this.chunks[++this.chunk];
      this.offset = 0;
    }
    if (current === undefined || this.offset === current.used) return undefined;
    const start = this.offset;
    const size = current.words[start + layout.size] ?? 0;
    this.offset += size;
    if (size > this.last.length) this.last = new Uint32Array(2 * size);
    // Copying a few words costs less than creating a subarray.
    for (let at = 0; at < size; at++) this.last[at] = current.words[start + at] ?? 0;
    return this.last;
  }

  /** Starts reading from the first state again. */
  rewind(): void {
    this.chunk = 0;
    this.offset = 0;
  }
}
