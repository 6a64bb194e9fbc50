import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Image } from '../../impl/index.ts';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import { type StableStorage, StorageError } from '../../impl/node/storage/stableStorage.ts';
import { configuration, contentsOf, owner, SimulatedWriter } from './simulatedWriter.ts';

/** The outcome of opening a corrupt directory. */
export type OpeningOutcome = 'no effect' | 'repaired' | 'cut' | 'emptied' | 'rejected';

/** Opens a corrupt directory and compares it with the truth; if thorough, uses it as well. Throws an Error if it is wrong. */
export async function outcomeOf(
  directory: string,
  truth: Image,
  isThorough: boolean,
): Promise<OpeningOutcome> {
  try {
    return await withStorage(openDurable(directory, owner, configuration), async (storage) => {
      const image = imageIn(storage);
      const outcome = compare(image, truth, storage.findings);
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

function compare(image: Image, truth: Image, findings: readonly string[]): OpeningOutcome {
  deepStrictEqual(image.viewNumber, truth.viewNumber);
  deepStrictEqual(image.lastNormalView, truth.lastNormalView);
  const { base } = image.log;
  if (!image.isCorrupt) {
    ok(base === truth.log.base || base === truth.checkpoint?.opNumber, 'The log begins nowhere.');
    deepStrictEqual(contentsOf(image), contentsOf({ ...truth, log: truth.log.compacted(base) }));
    return findings.length === 0 ? 'no effect' : 'repaired';
  }
  ok(findings.length > 0, 'Corruption without a finding.');
  if (image.checkpoint === undefined && truth.checkpoint !== undefined) {
    deepStrictEqual([image.log.length, image.commitNumber], [0, 0]);
    return 'emptied';
  }
  ok(image.log.length >= (truth.checkpoint?.opNumber ?? 0), 'The log is shorter than its checkpoint.');
  ok(image.commitNumber <= truth.commitNumber, 'More is committed than was.');
  const log = truth.log.compacted(base).prefix(image.log.length);
  const { commitNumber } = image;
  deepStrictEqual(contentsOf(image), contentsOf({ ...truth, log, commitNumber, isCorrupt: true }));
  return 'cut';
}

/** The damage is remembered until entries are written, and entries written then are stored. */
async function checkUsable(storage: StableStorage, image: Image, directory: string): Promise<void> {
  const writer = new SimulatedWriter(image, 1000);
  await storage.write(writer.records({ type: 'viewRecord', views: 1 }));
  await storage.close();
  for (const action of [undefined, { type: 'append', entries: 3, back: 0, views: 0 } as const])
    await withStorage(openDurable(directory, owner, configuration), async (again) => {
      deepStrictEqual(again.findings, []);
      deepStrictEqual(contentsOf(imageIn(again)), contentsOf(writer.image));
      if (action !== undefined) await again.write(writer.records(action));
    });
}
