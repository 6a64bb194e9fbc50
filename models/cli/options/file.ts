import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../../../impl/terminal/arguments.ts';

/** Checks, as far as possible now, that a file can be written. It is replaced, so that a device or a pipe will not do. */
export function fileGiven(name: string, text: string): string {
  try {
    accessSync(dirname(resolve(text)), constants.W_OK);
    if (text !== '' && (!existsSync(text) || statSync(text).isFile())) return text;
  } catch {}
  throw new UsageError(`${name} must be a file that can be written, and '${text}' cannot be.`);
}
