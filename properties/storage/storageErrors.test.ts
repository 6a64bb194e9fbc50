import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { blankImage } from '../../impl/index.ts';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { root } from '../root.ts';
import { scratch } from './corruptions.ts';
import { withStorage } from './outcome.ts';
import { configuration, owner, SimulatedWriter } from './simulatedWriter.ts';
import { append, perform, readFrom } from './tampering.ts';

const folder = scratch();
const directory = join(folder, 'replica');
beforeEach(() => rmSync(directory, { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true }));
const open = () => openDurable(directory, owner, configuration);

/** The report of another process that opens the directory, and may write files of at most `blocks` blocks of 512 bytes. */
function inAnotherProcess(blocks: number | 'unlimited'): unknown {
  const command = `ulimit -f ${blocks}; exec "$0" --import tsx properties/storage/writerProcess.ts "$1" 100000`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, directory], {
    ...{ cwd: root, encoding: 'utf8' },
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
}

test('a directory is open once at a time, across processes', async () => {
  await withStorage(open(), async () => {
    await expect(open()).rejects.toMatchObject({ problem: 'in-use', message: /in use by another process/ });
    expect(inAnotherProcess('unlimited')).toEqual({ problem: 'in-use' });
  });
  await withStorage(open(), async () => {});
});

test('a full disk ends all writing, and loses no durable write', async () => {
  await perform(directory, append(3));
  const report = inAnotherProcess(256);
  expect(report).toEqual({ problem: 'unusable', durable: expect.any(Number), again: true });
  const { durable } = Object(report);
  const { image, findings } = await readFrom(directory);
  expect(findings).toBe('');
  expect(durable).toBeGreaterThan(100);
  // The write that failed may have reached the disk: its failure said only that it might not have.
  expect([durable, durable + 20]).toContain(image.log.length);
  expect(image.isCorrupt).toBe(false);
});

test('a directory of something else is left alone', async () => {
  mkdirSync(directory);
  writeFileSync(join(directory, 'holiday.jpg'), 'beach');
  await expect(open()).rejects.toMatchObject({ problem: 'foreign', message: /holiday\.jpg/ });
  expect(readdirSync(directory)).toEqual(['holiday.jpg']);
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
  const writer = new SimulatedWriter(blankImage);
  await storage.write(writer.records(append(1)));
  await storage.close();
  await storage.close();
  await expect(storage.write(writer.records(append(1)))).rejects.toMatchObject({ problem: 'closed' });
});

test('closing completes the writes before it', async () => {
  const storage = await open();
  const writer = new SimulatedWriter(blankImage);
  const writes = [append(1), append(2), append(3)].map((action) => storage.write(writer.records(action)));
  await storage.close();
  await Promise.all(writes);
  expect((await readFrom(directory)).image.log.length).toBe(6);
});

test('a write without its end, or with a gap in the log, is rejected', async () => {
  await withStorage(open(), async (storage) => {
    const records = new SimulatedWriter(blankImage).records(append(1));
    await expect(storage.write(records.slice(0, -1))).rejects.toThrow(TypeError);
    const ahead = new SimulatedWriter(blankImage);
    ahead.records(append(2));
    await expect(storage.write(ahead.records(append(1)))).rejects.toMatchObject({ problem: 'unusable' });
    await expect(storage.write(records)).rejects.toMatchObject({ problem: 'unusable' });
  });
  expect((await readFrom(directory)).image.log.length).toBe(0);
});

test('an earlier opening of a memory disk can no longer write', async () => {
  const disk = new MemoryDisk();
  const before = disk.open();
  const writer = new SimulatedWriter(blankImage);
  await before.write(writer.records(append(2)));
  const lost = before.write(writer.records(append(3)));
  const after = disk.open();
  await expect(lost).rejects.toMatchObject({ problem: 'closed' });
  expect([before.stored, before.incarnation, after.incarnation]).toEqual([undefined, 1, 2]);
  expect(after.stored?.image.log.length).toBe(2);
});
