import { deepStrictEqual } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { blankImage, type Image } from '../../impl/index.ts';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import { type Disk, synced } from '../../models/world/disk.ts';
import { type Files, filesIn, put, scratch } from './corruptions.ts';
import { imageIn, withStorage } from './outcome.ts';
import {
  configuration,
  contentsOf,
  owner,
  SimulatedWriter,
  type WriterAction,
  writerActions,
} from './simulatedWriter.ts';

const folder = scratch();
afterAll(() => rmSync(folder, { recursive: true }));

const chance = fc.noBias(fc.nat(2 ** 31 - 1)).map((drawn) => drawn / 2 ** 31);
const lifetimes = fc.record({
  actions: fc.array(writerActions, { minLength: 1, maxLength: 6 }),
  isSynced: fc.boolean(),
  kept: chance,
});

/**
 * The files that a power cut during a write may leave: of each file of LevelDB a part of the new content; or all of it, and of
 * the copy of the superblock, which is written next, a part.
 */
function cut(before: Files, after: Files, { kept, isSynced }: Lifetime): Files {
  const files = new Map(after);
  for (const [path, bytes] of after) {
    const known = before.get(path) ?? Buffer.alloc(0);
    if (path === 'superblock') {
      const torn = Buffer.from(known);
      if (isSynced) bytes.copy(torn, 0, 0, Math.floor(kept * bytes.length));
      files.set(path, torn);
    } else if (!isSynced && !known.equals(bytes)) {
      const least = bytes.subarray(0, known.length).equals(known) ? known.length : 0;
      files.set(path, bytes.subarray(0, least + Math.floor(kept * (bytes.length - least))));
    }
  }
  return files;
}

interface Lifetime {
  readonly actions: readonly WriterAction[];
  /** Whether the power is cut only after the last write was synced. */
  readonly isSynced: boolean;
  /** The share that was kept of the content being written. */
  readonly kept: number;
}

/** Writes, and puts into `copy` what a power cut in the last write may leave. Yields the images before and after it. */
async function write(
  directory: string,
  copy: string,
  truth: Image,
  lifetime: Lifetime,
): Promise<[Image, Image]> {
  return withStorage(openDurable(directory, owner, configuration), async (storage) => {
    if (storage.stored !== undefined) deepStrictEqual(contentsOf(imageIn(storage)), contentsOf(truth));
    const writer = new SimulatedWriter(truth, truth.log.length * 100 + truth.viewNumber);
    let last = truth;
    for (const action of lifetime.actions) {
      last = writer.image;
      const before = filesIn(directory);
      await storage.write(writer.records(action));
      // LevelDB, which has the directory open, does not see the copy change.
      put(cut(before, filesIn(directory), lifetime), copy);
    }
    return [last, writer.image];
  });
}

test('a power cut loses no durable write, and shows no part of an interrupted one', async () => {
  const [directory, copy] = [join(folder, 'cut'), join(folder, 'copy')];
  let [lost, taken] = [0, 0];
  const power = fc.asyncProperty(fc.array(lifetimes, { minLength: 1, maxLength: 5 }), async (all) => {
    rmSync(directory, { recursive: true, force: true });
    let truth: Image = blankImage;
    for (const lifetime of all) {
      const [before, after] = await write(directory, copy, truth, lifetime);
      put(filesIn(copy), directory);
      truth = await withStorage(openDurable(directory, owner, configuration), async (again) =>
        imageIn(again),
      );
      const isTaken = !isDeepStrictEqual(contentsOf(truth), contentsOf(before));
      if (isTaken || lifetime.isSynced) deepStrictEqual(contentsOf(truth), contentsOf(after));
      if (isTaken) taken++;
      else lost++;
    }
  });
  await fc.assert(power, { numRuns: 60, endOnFailure: true });
  expect(Math.min(lost, taken)).toBeGreaterThan(0);
});

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
  let disk: Disk = { name: '0', image: blankImage, unsynced: [], torn: [], write: 0 };
  for (const lifetime of lifetimesOf(history)) {
    const before = disk;
    disk = await withStorage(open(), async (storage) => {
      if (before !== disk || storage.stored !== undefined)
        deepStrictEqual(contentsOf(imageIn(storage)), contentsOf(before.image));
      const writer = new SimulatedWriter(before.image, before.write);
      let written = before;
      for (const action of lifetime) {
        const records = writer.records(action);
        await storage.write(records);
        const next = synced({ ...written, unsynced: records, write: writer.serial });
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
