import { maxLineLength, NodeFailure } from './nodeMessage.ts';

/** Assembles lines from the pieces in which they arrive. Text after the last newline waits for the next piece. */
export class LineAssembler {
  private pieces: string[] = [];
  private length = 0;
  private readonly node: string;

  /** `node`: the name of the node that prints the lines. */
  constructor(node: string) {
    this.node = node;
  }

  /** The lines that end in this piece. Throws a `NodeFailure` if a line exceeds `maxLineLength`. */
  take(piece: string): readonly string[] {
    const [first = '', ...others] = piece.split('\n');
    const last = others.pop();
    this.keep(first);
    if (last === undefined) return [];
    const line = this.pieces.join('');
    this.pieces = [];
    this.length = 0;
    this.keep(last);
    return [line, ...others];
  }

  private keep(piece: string): void {
    this.pieces.push(piece);
    this.length += piece.length;
    if (this.length > maxLineLength)
      throw new NodeFailure(`${this.node} printed a line of more than ${maxLineLength} characters.`);
  }
}
