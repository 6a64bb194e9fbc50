import { join } from 'node:path';
import type { Files } from '../../platform/files.ts';
import { headerLength, nameOf, storeIn } from './journal/fileHeader.ts';

/** The name of the storage by the headers of its segments, if one of them can be read. */
export async function storeOf(
  files: Files,
  directory: string,
  segments: readonly number[],
): Promise<string | undefined> {
  for (const number of segments) {
    const header = await files.read(join(directory, nameOf({ kind: 'log', number })), 0, headerLength);
    const store = header && storeIn(header, 'log', number);
    if (store !== undefined) return store;
  }
  return undefined;
}
