import { join } from 'node:path';
import type { Files } from '../../platform/files.ts';
import { headerLength, nameOf, storeIn } from './journal/fileHeader.ts';

/** The name of the storage by the headers of its segments, if no copy of the superblock tells it; zeros if none does. */
export async function storeOf(files: Files, directory: string, segments: readonly number[]): Promise<string> {
  for (const number of segments) {
    const file = await files.open(join(directory, nameOf({ kind: 'log', number })), false);
    try {
      const store = storeIn(await file.read(0, headerLength), 'log', number);
      if (store !== undefined) return store;
    } finally {
      await file.close();
    }
  }
  return '0'.repeat(16);
}
