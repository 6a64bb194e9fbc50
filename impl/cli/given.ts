import { UsageError } from '../terminal/arguments.ts';

/** Reads a whole number from `least` to `most`, such as the value of an option. */
export function wholeGiven(name: string, text: string, least: number, most: number): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${name} must be a whole number from ${least} to ${most}, and '${text}' is not.`);
}

/** Reads a time in milliseconds, up to a day. */
export function millisecondsGiven(name: string, text: string): number {
  return wholeGiven(name, text, 1, 86_400_000);
}
