import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import xxhash from 'xxhash-wasm';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import { superblockKey } from '../../impl/node/storage/durable/keyLayout.ts';
import { type Files, filesIn, put, scratch } from './corruptions.ts';
import { configuration, owner } from './simulatedWriter.ts';
import { append, perform, readFrom, tamper, valueUnder } from './tampering.ts';

const { h64Raw } = await xxhash();
const folder = scratch();
const directory = join(folder, 'replica');
beforeEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await perform(directory, append(4), append(3, 0, 2));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Flips a bit near the beginning of these slots. */
function flipped(files: Files, ...slots: readonly number[]): Files {
  const bytes = Buffer.from(files.get('superblock') ?? []);
  for (const slot of slots) bytes[slot * 4096 + 100] = (bytes[slot * 4096 + 100] ?? 0) ^ 4;
  return new Map([...files, ['superblock', bytes]]);
}

const loseOwn = () => tamper(directory, { type: 'put', key: superblockKey, value: Buffer.from('nothing') });
const opening = () => openDurable(directory, owner, configuration);

test.each([[[0]], [[1]], [[0, 1]]])('corruption of slots %j of the copy loses nothing', async (slots) => {
  put(flipped(filesIn(directory), ...slots), directory);
  const { image, findings } = await readFrom(directory);
  expect([image.viewNumber, image.log.length, image.isCorrupt]).toEqual([2, 7, false]);
  expect(findings).toContain(`slot ${slots[0]}`);
});

test.each(['neither', 'records', 'copy'])(
  'a replica that has halted stays halted (corrupt: %s)',
  async (corrupt) => {
    const halted = { opNumber: 4, part: 'state', isOutvoted: true } as const;
    const storage = await opening();
    const numbers = { viewNumber: 2, lastNormalView: 2, commitNumber: 4 };
    await storage.write([
      { type: 'halt', halted },
      { type: 'viewRecord', ...numbers },
      { type: 'end', write: 3 },
    ]);
    await storage.close();
    if (corrupt === 'records') await loseOwn();
    if (corrupt === 'copy') put(flipped(filesIn(directory), 0, 1), directory);
    expect((await readFrom(directory)).image.halted).toEqual(halted);
  },
);

test('both slots hold a view before its write is durable', async () => {
  await perform(directory, append(1, 0, 5));
  const text = filesIn(directory).get('superblock')?.toString('latin1') ?? '';
  expect(text.match(/"viewNumber":7,/g)?.length).toBe(2);
});

test('corruption of the superblock among the records marks the log as damaged', async () => {
  await loseOwn();
  const { image } = await readFrom(directory);
  expect([image.viewNumber, image.log.length, image.isCorrupt]).toEqual([2, 7, true]);
});

test.each([[[0]], [[1]], [[0, 1]]])(
  'corruption of the superblock among the records and of slots %j ends the replica',
  async (slots) => {
    await loseOwn();
    put(flipped(filesIn(directory), ...slots), directory);
    const before = filesIn(directory);
    await expect(opening()).rejects.toMatchObject({ problem: 'corrupt', message: /promised is lost/ });
    expect([...filesIn(directory).keys()].filter((path) => path.endsWith('.new'))).toEqual([]);
    expect(filesIn(directory).get('superblock')).toEqual(before.get('superblock'));
    await expect(opening()).rejects.toMatchObject({ problem: 'corrupt' });
  },
);

test('an older superblock never takes the place of a later one that is corrupt', async () => {
  await perform(directory, append(1, 0, 1));
  const files = flipped(filesIn(directory), 0, 1);
  const journal = [...files.keys()].find((path) => path.endsWith('.log')) ?? '';
  const bytes = Buffer.from(files.get(journal) ?? []);
  bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
  put(new Map([...files, [journal, bytes]]), directory);
  await expect(opening()).rejects.toMatchObject({ problem: 'corrupt' });
});

test('another version is told from corruption', async () => {
  const bytes = Buffer.from(await valueUnder(directory, superblockKey));
  bytes[8] = 1;
  bytes.writeBigUInt64BE(h64Raw(bytes.subarray(8), 0n));
  await tamper(directory, { type: 'put', key: superblockKey, value: bytes });
  await expect(opening()).rejects.toMatchObject({ problem: 'other-version', message: /layout 1/ });
});

test.each([{ group: 'another' }, { replica: 2 }])('storage of %j is told from corruption', async (other) => {
  const strange = openDurable(directory, { ...owner, ...other }, configuration);
  await expect(strange).rejects.toMatchObject({
    problem: 'other-replica',
    message: /replica 1 of group "tried"/,
  });
  expect((await readFrom(directory)).image.log.length).toBe(7);
});
