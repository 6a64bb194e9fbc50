import { closeSync, openSync, readSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { isStart, type Line, type StartLine, startLine, stepLine } from './line.ts';

/** A trace cannot be read. The message names the file and the line. */
export class BadTrace extends Error {
  override readonly name = 'BadTrace';
}

/** A line of a trace, and its number in the file, from 1. */
export interface NumberedLine {
  readonly number: number;
  readonly line: Line;
}

const chunkBytes = 1 << 16;
const newline = 0x0a;
/** In bytes. A string of Node holds about four times as many characters. */
const longestLine = 1 << 27;

/**
 * Reads a trace line by line, so that a file of any size can be read. What a killed process has left of its last line is skipped:
 * a part of a line that is followed by another start, by a part of one, or by nothing.
 */
export class TraceReader {
  readonly file: string;
  /** How many such parts were skipped. */
  torn = 0;
  /** The line that comes next, or undefined at the end. */
  head: NumberedLine | undefined;
  /** The number of the last line that was read. */
  lines = 0;
  private readonly descriptor: number;
  private buffer: Buffer = Buffer.alloc(0);
  private at = 0;
  private first: StartLine | undefined;

  /** Throws BadTrace if there is no such file, or it does not begin with a start. Every start must be of the same replica. */
  constructor(file: string) {
    this.file = file;
    try {
      this.descriptor = openSync(file, 'r');
    } catch (error) {
      throw new BadTrace(`${file}: ${error instanceof Error ? error.message : String(error)}.`);
    }
    this.advance();
  }

  /** Moves to the next line. Throws BadTrace. */
  advance(): void {
    this.head = this.next();
    if (this.head === undefined) return;
    const { line, number } = this.head;
    if (isStart(line)) this.takeStart(number, line);
    else if (this.first === undefined)
      throw this.bad(number, 'a trace begins with the start of a replica, which has a field "format"');
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** All starts of a file are of one replica and one group. */
  private takeStart(number: number, line: StartLine): void {
    this.first ??= line;
    const { replica, group } = this.first;
    if (line.replica !== replica)
      throw this.bad(
        number,
        `it is a start of replica ${line.replica}, and the first line is of replica ${replica}`,
      );
    if (!isDeepStrictEqual(line.group, group))
      throw this.bad(number, 'its group is not that of the first line');
  }

  private next(): NumberedLine | undefined {
    let half: number | undefined;
    for (let text = this.textThere(); text !== undefined; text = this.textThere()) {
      const { lines: number } = this;
      const parsed = parse(text);
      if (parsed.kind === 'wrong') throw this.bad(number, parsed.message);
      if (parsed.kind === 'line') {
        // Half a line is legal only where the process has ended. The first line of the next start may be half a line too.
        if (half !== undefined && !isStart(parsed.line)) throw this.bad(half, 'it is not JSON');
        return { number, line: parsed.line };
      }
      if (!text.trimStart().startsWith('{')) throw this.bad(number, 'it is not JSON');
      half ??= number;
      this.torn += 1;
    }
    return undefined;
  }

  /** The next line that is not blank, or undefined at the end. */
  private textThere(): string | undefined {
    let text = this.text();
    while (text !== undefined && text.trim() === '') text = this.text();
    return text;
  }

  /** The next line as text, or undefined at the end. */
  private text(): string | undefined {
    for (let from = this.at; ; ) {
      const end = this.buffer.indexOf(newline, from);
      if (end >= 0) {
        const text = this.buffer.toString('utf8', this.at, end);
        this.at = end + 1;
        this.lines += 1;
        return text;
      }
      const rest = this.buffer.subarray(this.at);
      if (rest.length > longestLine) throw this.bad(this.lines + 1, `it is longer than ${longestLine} bytes`);
      const more = Buffer.alloc(Math.max(chunkBytes, rest.length));
      const read = this.read(more);
      this.buffer = Buffer.concat([rest, more.subarray(0, read)]);
      this.at = 0;
      from = rest.length;
      if (read > 0) continue;
      this.buffer = Buffer.alloc(0);
      if (rest.length === 0) return undefined;
      this.lines += 1;
      return rest.toString('utf8');
    }
  }

  private read(into: Buffer): number {
    try {
      return readSync(this.descriptor, into);
    } catch (error) {
      throw new BadTrace(`${this.file}: ${error instanceof Error ? error.message : String(error)}.`);
    }
  }

  private bad(number: number, message: string): BadTrace {
    return new BadTrace(`${this.file}:${number}: ${message}.`);
  }
}

type Parsed =
  | { readonly kind: 'line'; readonly line: Line }
  | { readonly kind: 'torn' }
  | { readonly kind: 'wrong'; readonly message: string };

function parse(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'torn' };
  }
  const isFirst = typeof value === 'object' && value !== null && 'format' in value;
  const { success, data, error } = (isFirst ? startLine : stepLine).safeParse(value);
  if (success) return { kind: 'line', line: data };
  const [issue] = error.issues;
  const place = issue?.path.join('.') ?? '';
  const message = issue?.message ?? 'it is no line of a trace';
  return { kind: 'wrong', message: place === '' ? message : `${place}: ${message}` };
}
