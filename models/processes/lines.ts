import { longestLine, NodeFailure } from './message.ts';

/** Puts the lines together that arrive in pieces. What no newline ends is no line. */
export class Lines {
  private pieces: string[] = [];
  private length = 0;
  private readonly node: string;

  /** `node` is the name of whoever prints the lines. */
  constructor(node: string) {
    this.node = node;
  }

  /** The lines that end in this piece. Throws a `NodeFailure` if one of them grows too long. */
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
    if (this.length > longestLine)
      throw new NodeFailure(
        `${this.node} printed a line of more than ${longestLine} characters, and no end is in sight.`,
      );
  }
}
