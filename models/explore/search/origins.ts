const chunkSize = 2 ** 20;

/** For each state, by its number: the state from which it was reached first, and the index of the move. */
export class Origins {
  /** How many states there are. */
  length = 0;
  private readonly parents: Uint32Array[] = [];
  private readonly moves: Uint16Array[] = [];

  /** The memory that they take, in bytes. */
  get bytes(): number {
    return this.parents.length * chunkSize * (Uint32Array.BYTES_PER_ELEMENT + Uint16Array.BYTES_PER_ELEMENT);
  }

  /** Adds a state. Returns its number. */
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

  /** The indices of the moves that lead to the state from the root, which is state 0. */
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
