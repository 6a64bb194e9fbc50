import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { blankImage } from '../../impl/index.ts';
import type { Files } from '../../impl/node/platform/files.ts';
import { nodeFiles } from '../../impl/node/platform/nodeFiles.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import type { StorageError } from '../../impl/node/storage/stableStorage.ts';
import { append, checkpoint, StorageWriter } from '../../models/storage/storageWriter.ts';
import { root } from '../root.ts';
import { scratch } from './corruptions.ts';
import { withStorage } from './outcome.ts';
import { openSmall, smallDisk } from './smallDisk.ts';
import { perform, readFrom } from './tampering.ts';

const folder = scratch();
const directory = join(folder, 'replica');
beforeEach(() => rmSync(directory, { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));
const open = () => openSmall(directory);

/** The problem of another process that opens the directory. */
function inAnotherProcess(): unknown {
  const program = ['--import', 'tsx', 'properties/storage/openingProcess.ts', directory];
  const { stdout, stderr } = spawnSync(process.execPath, program, { cwd: root, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

test('a directory is open once at a time, across processes', async () => {
  await withStorage(open(), async () => {
    await expect(open()).rejects.toMatchObject({ problem: 'in-use', message: /in use by another process/ });
    expect(inAnotherProcess()).toEqual({ problem: 'in-use' });
  });
  await withStorage(open(), async () => {});
});

test('a directory of something else is left alone', async () => {
  mkdirSync(directory);
  writeFileSync(join(directory, 'holiday.jpg'), 'beach');
  await expect(open()).rejects.toMatchObject({ problem: 'foreign', message: /holiday\.jpg/ });
  expect(readdirSync(directory)).toEqual(['holiday.jpg']);
});

test('a file system of its own may have a directory lost+found', async () => {
  mkdirSync(join(directory, 'lost+found'), { recursive: true });
  await perform(directory, append(3));
  expect((await readFrom(directory)).image.log.length).toBe(3);
  expect(readdirSync(directory)).toContain('lost+found');
});

test('a directory is created with those above it', async () => {
  const deep = join(directory, 'a', 'b');
  await perform(deep, append(2));
  expect((await readFrom(deep)).image.log.length).toBe(2);
});

test('a place where no directory can be created is reported at once', async () => {
  await expect(openSmall('/proc/none/of/it')).rejects.toMatchObject({
    problem: 'unusable',
    message: expect.stringContaining('name a directory in which this process may create and write files'),
  });
});

test('a directory that cannot be created is reported', async () => {
  writeFileSync(directory, 'a file');
  await expect(open()).rejects.toMatchObject({ problem: 'unusable', message: /cannot be opened \(E/ });
});

test.each([
  ['a directory', open],
  ['memory', async () => new MemoryDisk().open()],
])('a write to %s after its close is rejected', async (_, opening) => {
  const storage = await opening();
  const writer = new StorageWriter(blankImage);
  await storage.write(writer.records(append(1)));
  await storage.close();
  await storage.close();
  await expect(storage.write(writer.records(append(1)))).rejects.toMatchObject({ problem: 'closed' });
});

test('a start of another replica is not noted after the close of a directory', async () => {
  const storage = await open();
  await storage.close();
  const noted = storage.notePeer(1, { start: 'later', generation: 0 });
  await expect(noted).rejects.toMatchObject({ problem: 'closed' });
});

test('a checkpoint that cannot be written is told at once, though no other write comes', async () => {
  const files: Files = {
    ...nodeFiles,
    open: (path, ...how) =>
      basename(path).startsWith('checkpoint')
        ? Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }))
        : nodeFiles.open(path, ...how),
  };
  const storage = await openSmall(directory, { ...smallDisk, files });
  const failure = new Promise<StorageError>((resolve) => {
    storage.onFailure = resolve;
  });
  const writer = new StorageWriter(blankImage);
  for (const action of [append(6), checkpoint]) await storage.write(writer.records(action));
  expect(await failure).toMatchObject({ problem: 'unusable', message: /cannot be written \(ENOSPC/ });
  await expect(storage.write(writer.records(append(1)))).rejects.toBe(await failure);
  await storage.close();
});

test('closing completes the writes before it', async () => {
  const storage = await open();
  const writer = new StorageWriter(blankImage);
  const writes = [append(1), append(2), append(3)].map((action) => storage.write(writer.records(action)));
  await storage.close();
  await Promise.all(writes);
  expect((await readFrom(directory)).image.log.length).toBe(6);
});

test('a write without its end, or with a gap in the log, is rejected', async () => {
  await withStorage(open(), async (storage) => {
    const records = new StorageWriter(blankImage).records(append(1));
    await expect(storage.write(records.slice(0, -1))).rejects.toThrow(TypeError);
    const ahead = new StorageWriter(blankImage);
    ahead.records(append(2));
    await expect(storage.write(ahead.records(append(1)))).rejects.toMatchObject({ problem: 'unusable' });
    await expect(storage.write(records)).rejects.toMatchObject({ problem: 'unusable' });
  });
  expect((await readFrom(directory)).image.log.length).toBe(0);
});

test('an earlier opening of a memory disk can no longer write', async () => {
  const disk = new MemoryDisk();
  const before = disk.open();
  const writer = new StorageWriter(blankImage);
  await before.write(writer.records(append(2)));
  const lost = before.write(writer.records(append(3)));
  const after = disk.open();
  await expect(lost).rejects.toMatchObject({ problem: 'closed' });
  expect([before.stored, before.incarnation, after.incarnation]).toEqual([undefined, 1, 2]);
  expect(after.stored?.image.log.length).toBe(2);
});
