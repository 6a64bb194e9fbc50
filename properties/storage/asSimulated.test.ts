import { deepStrictEqual } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, test } from 'vitest';
import { blankImage } from '../../impl/index.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import {
  configuration,
  contentsOf,
  owner,
  StorageWriter,
  type WriterAction,
} from '../../models/storage/storageWriter.ts';
import { type Disk, synced } from '../../models/world/disk.ts';
import { scratch } from './corruptions.ts';
import { imageIn, withStorage } from './outcome.ts';
import { writerActions } from './smallDisk.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

type Step = WriterAction | 'crash';
const steps = fc.array(
  fc.oneof({ weight: 6, arbitrary: writerActions }, { weight: 1, arbitrary: fc.constant('crash' as const) }),
  {
    minLength: 1,
    maxLength: 30,
  },
);

/** After each crash the storage must hold what the simulated disk holds. */
async function compared(open: () => Promise<StableStorage>, history: readonly Step[]): Promise<void> {
  let disk: Disk = { name: '0', image: blankImage, unsynced: [], torn: [], write: 0, late: undefined };
  for (const lifetime of lifetimesOf(history)) {
    const before = disk;
    disk = await withStorage(open(), async (storage) => {
      if (before !== disk || storage.stored !== undefined)
        deepStrictEqual(contentsOf(imageIn(storage)), contentsOf(before.image));
      const writer = new StorageWriter(before.image, before.write);
      let written = before;
      for (const action of lifetime) {
        const records = writer.records(action);
        await storage.write(records);
        const next = synced({ ...written, unsynced: records, write: writer.serial }, undefined, false);
        if (typeof next === 'string') throw new Error(next);
        written = next;
      }
      return written;
    });
  }
  await withStorage(open(), async (last) =>
    deepStrictEqual(contentsOf(imageIn(last)), contentsOf(disk.image)),
  );
}

function lifetimesOf(history: readonly Step[]): readonly (readonly WriterAction[])[] {
  const lifetimes: WriterAction[][] = [[]];
  for (const step of history) {
    if (step === 'crash') lifetimes.push([]);
    else lifetimes.at(-1)?.push(step);
  }
  return lifetimes;
}

test('a directory keeps what the simulated disk keeps', async () => {
  const directory = join(folder, 'kept');
  const same = fc.asyncProperty(steps, async (history) => {
    rmSync(directory, { recursive: true, force: true });
    await compared(() => openDurable(directory, owner, configuration), history);
  });
  await fc.assert(same, { numRuns: 60 });
});

test('a memory disk keeps what the simulated disk keeps', async () => {
  const same = fc.asyncProperty(steps, async (history) => {
    const disk = new MemoryDisk();
    await compared(async () => disk.open(), history);
  });
  await fc.assert(same, { numRuns: 100 });
});
