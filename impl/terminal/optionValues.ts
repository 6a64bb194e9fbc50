import { existsSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from './arguments.ts';

/** The inclusive limits of a number; undefined: no limit. */
export type Range = { readonly min?: number; readonly max?: number };

/** Parses a whole number such as `250` or `1_000_000`. `name`, such as `--steps`, is for the error message. */
export function wholeNumber(name: string, text: string, range?: Range): number;
export function wholeNumber(name: string, text: string | undefined, range?: Range): number | undefined;
export function wholeNumber(name: string, text: string | undefined, range: Range = {}): number | undefined {
  if (text === undefined) return undefined;
  const number = /^-?\d+(_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (Number.isSafeInteger(number) && within(number, range)) return number;
  throw new UsageError(`${name} must be a whole number${describe(range)}, and '${text}' is not.`);
}

/** Parses a time in milliseconds, from 1 to a day. */
export function milliseconds(name: string, text: string): number {
  return wholeNumber(name, text, { min: 1, max: 86_400_000 });
}

/** Parses a number that may have a fraction, such as `0.5`. */
export function decimalNumber(name: string, text: string, range?: Range): number;
export function decimalNumber(name: string, text: string | undefined, range?: Range): number | undefined;
export function decimalNumber(name: string, text: string | undefined, range: Range = {}): number | undefined {
  if (text === undefined) return undefined;
  const number = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number) && within(number, range)) return number;
  throw new UsageError(`${name} must be a number${describe(range)}, and '${text}' is not.`);
}

/** Parses one of a few words, and narrows its type. */
export function oneOf<const Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`${name} must be one of ${words.join(', ')}, and '${text}' is not.`);
}

/** Checks `--out` before a long search: the directory, or the nearest one above it, must exist and be writable. */
export function outputDirectory(text: string): string {
  let existing = resolve(text);
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory() || !isWritable(existing))
    throw new UsageError(
      `--out must be a directory that can be written to, and '${text}' cannot: see ${existing}.`,
    );
  return text;
}

/**
 * Whether a directory can be made in this one. In /proc the permissions of root tell otherwise, and there Node would try for ever to
 * make a path of several directories.
 */
function isWritable(path: string): boolean {
  try {
    rmdirSync(mkdtempSync(join(path, '.viewstamped-')));
    return true;
  } catch {
    return false;
  }
}

/** The `--seed` option of every command that draws random numbers. */
export const seedOption = {
  type: 'string',
  value: 'N',
  help: 'repeat the random choices of an earlier run (by default a new seed, which is printed)',
} as const;

/** Parses `--seed`, or draws a seed if none was given. Seeds have 32 bits, as fast-check's. */
export function seedFrom(text: string | undefined): number {
  return (
    wholeNumber('--seed', text, { min: -(2 ** 31), max: 2 ** 31 - 1 }) ?? Math.floor(Math.random() * 2 ** 31)
  );
}

function within(number: number, { min = -Infinity, max = Infinity }: Range): boolean {
  return min <= number && number <= max;
}

function describe({ min, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}
