import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lineAt, lineOf, NotJson, type Path, readJson } from '../../json/readJson.ts';
import type { Counterexample } from '../counterexample.ts';
import { check, type FormatError } from './schema.ts';

/** Thrown for a file that is no valid counterexample. Its message names the file, the line and the field. */
export class BadCounterexample extends Error {
  override readonly name = 'BadCounterexample';
}

const mostBytes = 2 ** 24;

/** Reads a counterexample from a file of at most 16 MiB. Throws `BadCounterexample`. */
export function readCounterexample(file: string, isMutant?: (name: string) => boolean): Counterexample {
  return parseCounterexample(textIn(file), file, isMutant);
}

/**
 * Parses the text of a counterexample file; `file` is its name in errors. Accepts every mutant's name unless
 * `isMutant` denies it.
 */
export function parseCounterexample(
  text: string,
  file: string,
  isMutant: (name: string) => boolean = () => true,
): Counterexample {
  return parseTrace(text, file, (value) => {
    const checked = check(value);
    if ('message' in checked || checked.mutant === null || isMutant(checked.mutant)) return checked;
    return unknownMutant(checked.mutant);
  });
}

/** The error of a file whose mutant is unknown. */
export function unknownMutant(mutant: string): FormatError {
  const message = `must be the name of a mutant, and there is none called "${mutant}"`;
  return { path: ['mutant'], message };
}

/** Parses the text of a file in JSON, and checks it. Throws `BadCounterexample` with the file, the line and the field of a mistake. */
export function parseTrace<Trace extends object>(
  text: string,
  file: string,
  checkedFrom: (value: unknown) => Trace | FormatError,
): Trace {
  let value: unknown;
  try {
    value = readJson(text);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    throw new BadCounterexample(`${file}:${lineAt(text, error.offset)}: this is not JSON: ${error.message}.`);
  }
  const checked = checkedFrom(value);
  if (!isFormatError(checked)) return checked;
  const { path, message } = checked;
  throw new BadCounterexample(`${file}:${lineOf(text, path)}: ${fieldOf(path)} ${message}.`);
}

function isFormatError(checked: object): checked is FormatError {
  return 'message' in checked && 'path' in checked;
}

/** The text of the file, one event per line. */
export function textOf(counterexample: Counterexample): string {
  const { format, version, mutant, setup, seed, faultProfile, violation, minimal, steps, events } =
    counterexample;
  const head = { format, version, mutant, setup, seed, faultProfile, violation, minimal, steps };
  const fields = Object.entries(head).map(([name, value]) => `  "${name}": ${JSON.stringify(value)},`);
  const lines = events.map((event) => `    ${JSON.stringify(event)}`).join(',\n');
  return `{\n${fields.join('\n')}\n  "events": [\n${lines}\n  ]\n}\n`;
}

/**
 * Writes the counterexample into the directory, which it creates if necessary. Returns the path of the file.
 */
export function writeCounterexample(directory: string, counterexample: Counterexample): string {
  const { mutant, violation, seed } = counterexample;
  const text = textOf(counterexample);
  const origin =
    seed === null
      ? createHash('sha256').update(text).digest('hex').slice(0, 8)
      : (seed >>> 0).toString(16).padStart(8, '0');
  const path = join(directory, `${mutant ?? 'impl'}-${violation.property}-${origin}.json`);
  writeWhole(path, text);
  return path;
}

/** Writes a file, in a directory that it creates if necessary. */
export function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  // Renaming makes the write atomic: a reader finds the old file or the whole new one, also after a crash.
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The text of a path, such as `events[3].replica`. */
function fieldOf(path: Path): string {
  if (path.length === 0) return 'the whole';
  return path
    .map((key) => {
      if (typeof key === 'number') return `[${key}]`;
      return /^[\w-]+$/.test(key) ? `.${key}` : `.${JSON.stringify(key)}`;
    })
    .join('')
    .replace(/^\./, '');
}

/** The text of a file of at most 16 MiB. Throws `BadCounterexample`. */
export function textIn(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytesIn(file));
  } catch (error) {
    if (error instanceof BadCounterexample) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'this is a directory',
      EACCES: 'this file may not be read',
      ERR_ENCODING_INVALID_ENCODED_DATA: 'this file is not text in UTF-8',
    };
    throw new BadCounterexample(`${file}: ${reasons[code] ?? `it cannot be read: ${String(error)}`}.`);
  }
}

/** Reads up to the limit, whatever size the system reports: a pipe reports none. */
function bytesIn(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for (;;) {
      const chunk = Buffer.alloc(2 ** 16);
      const read = readSync(descriptor, chunk);
      if (read === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, read));
      size += read;
      if (size > mostBytes) throw new BadCounterexample(`${file}: it is larger than ${mostBytes} bytes.`);
    }
  } finally {
    closeSync(descriptor);
  }
}
