import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from './arguments.ts';

/** The inclusive limits of a number. A limit left out does not limit. */
export type Range = { readonly min?: number; readonly max?: number };

/** Reads a whole number such as `250` or `1_000_000`. The name, such as `--steps`, is for the message. */
export function wholeNumber(name: string, text: string, range?: Range): number;
export function wholeNumber(name: string, text: string | undefined, range?: Range): number | undefined;
export function wholeNumber(name: string, text: string | undefined, range: Range = {}): number | undefined {
  if (text === undefined) return undefined;
  const number = /^-?\d+(_\d+)*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (Number.isSafeInteger(number) && within(number, range)) return number;
  throw new UsageError(`${name} must be a whole number${describe(range)}, and '${text}' is not.`);
}

/** Reads a number that may have a fraction, such as `0.5`. */
export function decimalNumber(name: string, text: string, range?: Range): number;
export function decimalNumber(name: string, text: string | undefined, range?: Range): number | undefined;
export function decimalNumber(name: string, text: string | undefined, range: Range = {}): number | undefined {
  if (text === undefined) return undefined;
  const number = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(number) && within(number, range)) return number;
  throw new UsageError(`${name} must be a number${describe(range)}, and '${text}' is not.`);
}

/** Reads one of a few words, and gives it its type. */
export function oneOf<const Word extends string>(name: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw new UsageError(`${name} must be one of ${words.join(', ')}, and '${text}' is not.`);
}

/** Reads `--out`: nobody should search for long, only to hear that what was found cannot be kept. */
export function outputDirectory(text: string): string {
  let existing = resolve(text);
  while (!existsSync(existing)) existing = dirname(existing);
  if (!statSync(existing).isDirectory() || !isWritable(existing))
    throw new UsageError(
      `--out must be a directory that can be written to, and '${text}' cannot: see ${existing}.`,
    );
  return text;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The `--seed` option, the same for every command that draws random numbers. */
export const seedOption = {
  type: 'string',
  value: 'N',
  help: 'repeat the random choices of an earlier run (by default a new seed, which is printed)',
} as const;

/** Reads `--seed`, or draws a new one where none was given. Seeds are 32-bit, as fast-check's are. */
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
