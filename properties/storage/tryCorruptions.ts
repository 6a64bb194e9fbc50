import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blankImage, type Image } from '../../impl/index.ts';
import { StorageWriter, type WriterAction } from '../../models/storage/storageWriter.ts';
import { corrupted, corruptions, type Files, filesIn, put, scratch } from './corruptions.ts';
import { type OpeningOutcome, outcomeOf } from './outcome.ts';
import { openSmall } from './smallDisk.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const append = (entries: number, back = 0, views = 0): WriterAction => ({
  type: 'append',
  entries,
  back,
  views,
});
const checkpoint: WriterAction = { type: 'checkpoint' };
const reopened = 'reopened';

/** Histories with every kind of content: a log alone, tables, replaced and deleted records, and a journal. */
const histories: readonly (readonly (WriterAction | typeof reopened)[])[] = [
  [append(4), append(3, 2, 1), append(1), { type: 'viewRecord', views: 1 }],
  [append(40), reopened, append(9, 2, 1), append(5, 9, 3), reopened, append(2), append(1)],
  [append(20), checkpoint, append(6, 0, 2), reopened, checkpoint, append(7), append(4, 3, 1), append(1)],
  [
    append(9),
    checkpoint,
    reopened,
    append(3),
    { type: 'jump', ahead: 5, entries: 8 },
    append(6, 2, 1),
    reopened,
  ],
];

interface PreparedDirectory {
  readonly files: Files;
  readonly truth: Image;
}

async function prepare(history: (typeof histories)[number]): Promise<PreparedDirectory> {
  const directory = join(folder, 'made');
  rmSync(directory, { recursive: true, force: true });
  const writer = new StorageWriter(blankImage);
  let storage = await openSmall(directory);
  for (const action of history) {
    if (action !== reopened) await storage.write(writer.records(action));
    else {
      await storage.close();
      storage = await openSmall(directory);
    }
  }
  await storage.close();
  return { files: filesIn(directory), truth: writer.image };
}

/** Tries corruptions of files that a replica has written: each must be found, or have no effect. */
export function tryCorruptions(runs: number): void {
  let made: readonly PreparedDirectory[] = [];
  beforeAll(async () => {
    for (const history of histories) made = [...made, await prepare(history)];
  });

  test(`corruption of any file is found, or has no effect: ${runs} times`, async () => {
    const counts = new Map<OpeningOutcome, number>();
    await fc.assert(
      fc.asyncProperty(fc.nat(histories.length - 1), corruptions, async (which, corruption) => {
        const run = made[which];
        if (run === undefined) throw new Error('There is no such history.');
        const [files, description] = corrupted(run.files, corruption);
        const directory = join(folder, 'tried');
        put(files, directory);
        try {
          const outcome = await outcomeOf(directory, run.truth, corruption.bit === 0);
          counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
        } catch (error) {
          throw new Error(`history ${which}, ${description}`, { cause: error });
        }
      }),
      { numRuns: runs, endOnFailure: true },
    );
    process.stdout.write(
      `${runs} corruptions: ${[...counts].map(([outcome, n]) => `${n} ${outcome}`).join(', ')}\n`,
    );
    // Only corruption of both copies of the superblock is rejected, and that is rare.
    counts.delete('rejected');
    expect([...counts.keys()].sort()).toEqual(['cut', 'emptied', 'no effect', 'repaired']);
  });
}
