import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Image } from '../../impl/index.ts';
import { type StableStorage, StorageError } from '../../impl/node/storage/stableStorage.ts';
import { compareWithTruth, type ReadingOutcome } from '../../models/storage/corruptedFiles.ts';
import { contentsOf, StorageWriter } from '../../models/storage/storageWriter.ts';
import { openSmall } from './smallDisk.ts';

/** The outcome of opening a corrupt directory. */
export type OpeningOutcome = ReadingOutcome | 'rejected';

/** Opens a corrupt directory and compares it with the truth; if thorough, uses it as well. Throws an Error if it is wrong. */
export async function outcomeOf(
  directory: string,
  truth: Image,
  isThorough: boolean,
): Promise<OpeningOutcome> {
  try {
    return await withStorage(openSmall(directory), async (storage) => {
      const image = imageIn(storage);
      const outcome = compareWithTruth(image, truth, storage.findings);
      if (isThorough) await checkUsable(storage, image, directory);
      return outcome;
    });
  } catch (error) {
    if (error instanceof StorageError && error.problem === 'corrupt') return 'rejected';
    throw error;
  }
}

/** Closes the storage after the work, also if it fails. */
export async function withStorage<Result>(
  opening: Promise<StableStorage>,
  work: (storage: StableStorage) => Promise<Result>,
): Promise<Result> {
  const storage = await opening;
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}

/** The image that was stored. */
export function imageIn({ stored }: StableStorage): Image {
  ok(stored !== undefined, 'A replica that ran was taken for one that never did.');
  deepStrictEqual(stored.records, []);
  return stored.image;
}

/** The damage is remembered until entries are written, and entries written then are stored. */
async function checkUsable(storage: StableStorage, image: Image, directory: string): Promise<void> {
  const writer = new StorageWriter(image, 1000);
  await storage.write(writer.records({ type: 'viewRecord', views: 1 }));
  await storage.close();
  for (const action of [undefined, { type: 'append', entries: 3, back: 0, views: 0 } as const])
    await withStorage(openSmall(directory), async (again) => {
      deepStrictEqual(again.findings, []);
      deepStrictEqual(contentsOf(imageIn(again)), contentsOf(writer.image));
      if (action !== undefined) await again.write(writer.records(action));
    });
}
