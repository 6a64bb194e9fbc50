import { readFileSync, writeFileSync } from 'node:fs';
import { UsageError } from '../terminal/arguments.ts';
import type { Json } from '../tree/json.ts';

/** The file's contents as a value: a text if they are UTF-8, and `{"base64": "…"}` otherwise. Throws a UsageError. */
export function valueIn(path: string): Json {
  const bytes = orUsageError(path, () => readFileSync(path === '-' ? process.stdin.fd : path));
  try {
    // Without the mark at its beginning a text would not be the same bytes any more.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { base64: bytes.toString('base64') };
  }
}

/** Writes a value as the bytes that `valueIn` made it of; any other value as JSON. No line is left to print. Throws a UsageError. */
export function writeValue(path: string, value: Json): readonly string[] {
  const bytes = bytesOf(value);
  if (path === '-') process.stdout.write(bytes);
  else orUsageError(path, () => writeFileSync(path, bytes));
  return [];
}

function bytesOf(value: Json): Buffer {
  if (typeof value === 'string') return Buffer.from(value);
  const isBytes =
    typeof value === 'object' && value !== null && 'base64' in value && Object.keys(value).length === 1;
  return isBytes ? Buffer.from(String(value.base64), 'base64') : Buffer.from(JSON.stringify(value));
}

function orUsageError<Result>(path: string, use: () => Result): Result {
  try {
    return use();
  } catch (error) {
    throw new UsageError(`--file: ${path}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
