import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { BadFile, codeOf } from './badFile.ts';

/** Reads a JSON file by its schema: undefined if there is no file. Throws a `BadFile` where it does not fit; `problem` begins its message. */
export function readKept<Kept>(file: string, schema: z.ZodType<Kept>, problem: string): Kept | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new BadFile(`${file}: the file cannot be read: ${codeOf(error) ?? String(error)}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadFile(`${file}: the file is not JSON: ${String(error)}.`);
  }
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw new BadFile(`${file}: ${problem}: ${schemaErrorOf(error)}.`);
  return data;
}

/** Replaces the file atomically: a reader sees either all of the old text or all of the new. */
export function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The first error that the schema reports, and the path to which it applies. */
export function schemaErrorOf({ issues: [issue] }: z.ZodError): string {
  return issue === undefined
    ? 'the value does not fit'
    : `${issue.path.join('.') || 'the whole value'}: ${issue.message}`;
}
