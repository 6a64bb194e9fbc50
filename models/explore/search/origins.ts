const chunkSize = 2 ** 20;

/** By the number of a state: the state from which it was reached first, and by which of its moves. */
export class Origins {
  /** How many states there are. */
  length = 0;
  private readonly parents: Uint32Array[] = [];
  private readonly moves: Uint16Array[] = [];

  /** How much memory they take. */
  get bytes(): number {
    return this.parents.length * chunkSize * (Uint32Array.BYTES_PER_ELEMENT + Uint16Array.BYTES_PER_ELEMENT);
  }

  /** Adds a state. Yields its number. */
  push(parent: number, move: number): number {
    const at = this.length % chunkSize;
    if (at === 0) {
      this.parents.push(new Uint32Array(chunkSize));
      this.moves.push(new Uint16Array(chunkSize));
    }
    const parents = this.parents.at(-1);
    const moves = this.moves.at(-1);
    if (parents !== undefined) parents[at] = parent;
    if (moves !== undefined) moves[at] = move;
    return this.length++;
  }

  /** The moves that lead from the root, which is state 0, to the state. */
  pathTo(state: number): readonly number[] {
    const path: number[] = [];
    for (let at = state; at > 0; ) {
      const chunk = Math.floor(at / chunkSize);
      path.push(this.moves[chunk]?.[at % chunkSize] ?? 0);
      at = this.parents[chunk]?.[at % chunkSize] ?? 0;
    }
    return path.reverse();
  }
}
