import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { blankImage, configure, keyValueService, noEnd, type StorageRecord, Tree } from '../../impl/index.ts';
import type { Disk } from '../../impl/node/platform/disk.ts';
import type { StoredFile } from '../../impl/node/platform/files.ts';
import { nodeFiles } from '../../impl/node/platform/nodeFiles.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import { append, checkpoint, contentsOf, owner, StorageWriter } from '../../models/storage/storageWriter.ts';
import { filesIn, put, scratch } from './corruptions.ts';
import { imageIn, withStorage } from './outcome.ts';
import { openSmall, smallDisk } from './smallDisk.ts';
import { readFrom } from './tampering.ts';

const folder = scratch();
const directory = join(folder, 'replica');
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));
const open = () => openSmall(directory);

/** A disk that tells of each write to a segment, and how many bytes were written to files of checkpoints. */
function watched(): { readonly disk: Disk; readonly writes: string[]; readonly checkpointBytes: number[] } {
  const writes: string[] = [];
  const checkpointBytes: number[] = [];
  const open = async (path: string, isNew: boolean, isDurable?: boolean): Promise<StoredFile> => {
    const file = await nodeFiles.open(path, isNew, isDurable);
    const name = basename(path);
    const isCheckpoint = name.startsWith('checkpoint');
    if (isCheckpoint && isNew) checkpointBytes.push(0);
    return {
      size: () => file.size(),
      read: (position, length) => file.read(position, length),
      truncate: (length) => file.truncate(length),
      close: () => file.close(),
      write: (position, bytes) => {
        if (isCheckpoint) checkpointBytes.push((checkpointBytes.pop() ?? 0) + bytes.length);
        if (isDurable) writes.push(name);
        return file.write(position, bytes);
      },
      sync: () => file.sync(),
    };
  };
  return { disk: { ...smallDisk, files: { ...nodeFiles, open } }, writes, checkpointBytes };
}

test('writes that come together become one durable write, in their order', async () => {
  const writer = new StorageWriter(blankImage);
  const { disk, writes } = watched();
  await withStorage(openSmall(directory, { ...disk, segmentBytes: 2 ** 16 }), async (storage) => {
    writes.length = 0;
    const first = storage.write(writer.records(append(1)));
    const second = storage.write(writer.records(append(2, 1)));
    await new Promise(setImmediate);
    const later = [append(3), append(4)].map((action) => storage.write(writer.records(action)));
    await Promise.all([first, second, ...later]);
    expect(writes).toEqual(['log-0000000000000001', 'log-0000000000000001']);
  });
  expect(contentsOf((await readFrom(directory)).image)).toEqual(contentsOf(writer.image));
});

test('writes go on while the files of a checkpoint are written, and the log keeps its entries until they are', async () => {
  const writer = new StorageWriter(blankImage);
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held: Disk = {
    ...smallDisk,
    files: {
      ...nodeFiles,
      open: async (path, isNew, isDurable) => {
        if (basename(path).startsWith('checkpoint')) await released;
        return nodeFiles.open(path, isNew, isDurable);
      },
    },
  };
  const storage = await openSmall(directory, held);
  for (const action of [append(6), checkpoint, append(3), checkpoint, append(2)])
    await storage.write(writer.records(action));
  put(filesIn(directory), join(folder, 'copy'));
  release();
  await storage.close();
  const before = (await readFrom(join(folder, 'copy'))).image;
  expect([before.log.length, before.log.base, before.checkpoint, before.isCorrupt]).toEqual([
    11,
    0,
    undefined,
    false,
  ]);
  expect(before.log.checksum).toBe(writer.image.log.checksum);
  expect(contentsOf((await readFrom(directory)).image)).toEqual(contentsOf(writer.image));
});

test('the directory holds the state, and the log since the checkpoint before the last', async () => {
  const writer = new StorageWriter(blankImage);
  await withStorage(openSmall(directory), async (storage) => {
    for (let round = 0; round < 40; round++) {
      for (const action of [append(12), append(12), checkpoint]) await storage.write(writer.records(action));
      await new Promise((resume) => setTimeout(resume, 2));
    }
  });
  const [files, { base, length }] = [filesIn(directory), writer.image.log];
  const segments = [...files.keys()].filter((name) => /^log-\d/.test(name));
  expect(length - base).toBeLessThanOrEqual(48);
  expect(segments.length).toBeLessThan(12);
  const checkpoints = [...files].filter(([name]) => name.startsWith('checkpoint'));
  const bytes = checkpoints.reduce((sum, [, content]) => sum + content.length, 0);
  const state = JSON.stringify(writer.image.checkpoint).length;
  expect(bytes).toBeLessThan(4 * state);
});

/** A write with a checkpoint of the first `opNumber` entries. */
function checkpointing(opNumber: number, state: Tree): readonly StorageRecord[] {
  const last = { type: 'viewRecord', viewNumber: 0, lastNormalView: 0, commitNumber: 0 } as const;
  const taken = { ...noEnd, opNumber, time: opNumber, state, table: Tree.empty() };
  return [{ type: 'checkpoint', checkpoint: taken, base: opNumber }, last, { type: 'end', write: opNumber }];
}

test('a checkpoint costs as much as has changed since the last, after a restart too', async () => {
  const all = Array.from({ length: 2000 }, (_, index) => [`name ${index}`, 'x'.repeat(100)] as const);
  const state = Tree.empty().with(all);
  await withStorage(open(), (storage) => storage.write(checkpointing(10, state)));
  const { disk, checkpointBytes } = watched();
  await withStorage(openSmall(directory, disk), async (storage) => {
    const before = imageIn(storage).checkpoint?.state ?? Tree.empty();
    await storage.write(checkpointing(20, before.set('name 7', 'y').delete('name 8').set('another', 1)));
    // The same contents in a tree that shares no leaf.
    await storage.write(checkpointing(30, Tree.empty().with(all)));
    await storage.write(checkpointing(40, Tree.empty().with(all)));
    expect(checkpointBytes.length).toBe(3);
    expect(Math.max(...checkpointBytes)).toBeLessThan(1000);
  });
  expect((await readFrom(directory)).image.checkpoint?.state.toJSON()).toEqual(state.toJSON());
});

test('a diskless replica has its view and its checkpoints back after a restart', async () => {
  const diskless = configure(3, 'diskless', keyValueService);
  const reopen = () => openDurable(directory, owner, diskless);
  const end = { type: 'end', write: 1 } as const;
  await withStorage(reopen(), async (storage) => {
    const viewRecord = { type: 'viewRecord', viewNumber: 5, lastNormalView: 0, commitNumber: 0 } as const;
    await storage.write([viewRecord, end]);
    await storage.write(checkpointing(10, Tree.empty().set('a', 1)));
    await storage.write(checkpointing(20, Tree.empty().set('a', 2)).map((each) => ({ ...each, base: 10 })));
    await storage.write([viewRecord, end]);
  });
  await withStorage(reopen(), async (storage) => {
    const { viewNumber, log, checkpoint: last, isCorrupt } = imageIn(storage);
    const { opNumber, state } = last ?? { opNumber: 0, state: Tree.empty() };
    expect([viewNumber, isCorrupt, opNumber, state.get('a')]).toEqual([5, false, 20, 2]);
    expect([log.base, log.length]).toEqual([10, 10]);
    expect(storage.incarnation).toBe(2);
  });
});
