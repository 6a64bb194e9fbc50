import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import { BadFile, codeOf } from '../files/badFile.ts';
import { type HuntResult, resultOf } from './result.ts';

/**
 * The file in which a mutation run stores its results, one line of JSON each. A run that was killed goes on from there:
 * only the last line can be torn.
 */
export class ResultsFile {
  readonly file: string;
  /** The results that the file held when it was opened, in its order. */
  readonly results: readonly HuntResult[];
  /** The number of the last line, from 1, if it was torn and has been removed. */
  readonly tornLine: number | undefined;

  private constructor(file: string, results: readonly HuntResult[], torn: number | undefined) {
    this.file = file;
    this.results = results;
    this.tornLine = torn;
  }

  /** Opens the file, or creates it. Throws a `BadFile` where a line is no result. */
  static open(file: string): ResultsFile {
    const text = textOf(file);
    const end = text.lastIndexOf('\n') + 1;
    const lines = text.slice(0, end).split('\n').slice(0, -1);
    const results = lines.map((line, index) => {
      const read = readLine(line);
      if (typeof read === 'string') throw new BadFile(`${file}:${index + 1}: ${read}.`);
      return read;
    });
    if (end === text.length) return new ResultsFile(file, results, undefined);
    const last = readLine(text.slice(end));
    if (typeof last === 'string') {
      truncateSync(file, Buffer.byteLength(text.slice(0, end)));
      return new ResultsFile(file, results, lines.length + 1);
    }
    appendFileSync(file, '\n');
    return new ResultsFile(file, [...results, last], undefined);
  }

  add(result: HuntResult): void {
    appendFileSync(this.file, `${JSON.stringify(result)}\n`);
  }
}

/** The text of the file. It is created now if it does not exist, so that a run that cannot store results fails at once. */
function textOf(file: string): string {
  try {
    appendFileSync(file, '');
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadFile(`${file}: results cannot be kept there: ${codeOf(error) ?? String(error)}.`);
  }
}

function readLine(line: string): HuntResult | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'this line is not JSON';
  }
  const read = resultOf(value);
  return typeof read === 'string' ? `this line is not the result of a hunt: ${read}` : read;
}
