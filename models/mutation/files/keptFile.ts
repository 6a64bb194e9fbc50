import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { BadFile, codeOf } from './badFile.ts';

/** What a file keeps as JSON: undefined if there is none. Throws a `BadFile` with the complaint where it is something else. */
export function readKept<Kept>(file: string, schema: z.ZodType<Kept>, complaint: string): Kept | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new BadFile(`${file}: it cannot be read: ${codeOf(error) ?? String(error)}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadFile(`${file}: this is not JSON: ${String(error)}.`);
  }
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw new BadFile(`${file}: ${complaint}: ${schemaErrorOf(error)}.`);
  return data;
}

/** Writes the file at once: whoever reads meanwhile finds all of it or the one before. */
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

/** The first of the schema's complaints, and where it applies. */
export function schemaErrorOf({ issues: [issue] }: z.ZodError): string {
  return issue === undefined ? 'is not right' : `${issue.path.join('.') || 'the whole'}: ${issue.message}`;
}
