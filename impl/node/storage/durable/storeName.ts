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
    const bytes = await files.read(join(directory, nameOf({ kind: 'log', number })));
    const store = bytes === undefined ? undefined : storeIn(bytes.subarray(0, headerLength), 'log', number);
    if (store !== undefined) return store;
  }
  return undefined;
}
