import { deepStrictEqual } from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { blankImage, type Image, type Log } from '../../impl/index.ts';
import { entryKey, leafKey, putEntry, superblockKey } from '../../impl/node/storage/durable/keyLayout.ts';
import { decodeSuperblock, type Superblock } from '../../impl/node/storage/durable/superblock.ts';
import type { BatchOperation } from '../../impl/node/storage/leveldb/levelDb.ts';
import { changesBetween } from '../../impl/tree/changes.ts';
import { Tree } from '../../impl/tree/tree.ts';
import { filesIn, put, scratch } from './corruptions.ts';
import { contentsOf, owner } from './simulatedWriter.ts';
import { append, checkpoint, perform, readFrom, tamper, valueUnder } from './tampering.ts';

const folder = scratch();
const [directory, copy] = [join(folder, 'replica'), join(folder, 'copy')];
beforeEach(() => {
  rmSync(directory, { recursive: true, force: true });
  rmSync(copy, { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const gone = (key: Uint8Array): BatchOperation => ({ type: 'del', key });
const puts = (key: Uint8Array, value: Uint8Array): BatchOperation => ({ type: 'put', key, value });

/** The truth cut off after this entry. */
function cutAfter(truth: Image, length: number): Image {
  const commitNumber = Math.min(truth.commitNumber, length);
  return { ...truth, log: truth.log.prefix(length), commitNumber, isCorrupt: true };
}

describe('a log from 7 to 15 with a checkpoint after 10', () => {
  let truth = blankImage;
  beforeEach(async () => {
    truth = await perform(directory, append(6), checkpoint, append(4), checkpoint, append(5));
    deepStrictEqual([truth.log.base, truth.checkpoint?.opNumber, truth.log.length], [6, 10, 15]);
  });

  test('is read up to its first missing entry', async () => {
    await tamper(directory, gone(entryKey(13)));
    const { image, findings } = await readFrom(directory);
    deepStrictEqual(contentsOf(image), contentsOf(cutAfter(truth, 12)));
    expect(findings).toContain('entry 13');
  });

  test('misses no entry for which the checkpoint stands', async () => {
    await tamper(directory, gone(entryKey(8)));
    const { image, findings } = await readFrom(directory);
    deepStrictEqual(contentsOf(image), contentsOf({ ...truth, log: truth.log.compacted(10) }));
    expect(findings).toContain('entry 8');
  });

  test('ends before an entry whose record is that of another op-number', async () => {
    await tamper(directory, puts(entryKey(12), await valueUnder(directory, entryKey(13))));
    deepStrictEqual(contentsOf((await readFrom(directory)).image), contentsOf(cutAfter(truth, 11)));
  });

  test('ends before an entry whose record is that of another directory', async () => {
    await perform(copy, append(6), checkpoint, append(4), checkpoint, append(5));
    await tamper(directory, puts(entryKey(12), await valueUnder(copy, entryKey(12))));
    deepStrictEqual(contentsOf((await readFrom(directory)).image), contentsOf(cutAfter(truth, 11)));
  });

  test.each(['state', 'table'] as const)('is empty once a leaf of the %s is missing', async (part) => {
    const [first] = changesBetween(Tree.empty(), truth.checkpoint?.[part] ?? Tree.empty());
    await tamper(directory, gone(leafKey(part, first?.[0] ?? 0)));
    const { image } = await readFrom(directory);
    const { viewNumber, lastNormalView } = truth;
    const left = { ...blankImage, viewNumber, lastNormalView, isCorrupt: true };
    deepStrictEqual(contentsOf(image), contentsOf(left));
  });
});

/** Puts another entry in place of this one. Its record is intact. */
async function alter(log: Log, opNumber: number): Promise<void> {
  const superblock = superblockOf(await valueUnder(directory, superblockKey));
  const { predicted, ...entry } = log.at(opNumber);
  const other = { ...entry, predicted: { ...predicted, random: predicted.random + 1 } };
  await tamper(directory, putEntry(opNumber, other, superblock));
}

test('an entry that is not the one that was written costs none after the checkpoint that stands for it', async () => {
  const truth = await perform(directory, append(6), checkpoint, append(4), checkpoint, append(5));
  await alter(truth.log, 8);
  const { image, findings } = await readFrom(directory);
  expect(findings).toContain('up to entry 10: the entries are not those that were written');
  deepStrictEqual(contentsOf(image), contentsOf({ ...truth, log: truth.log.compacted(10) }));
});

test('entries that are intact, and are not those that were written, are not used', async () => {
  const truth = await perform(directory, append(6), checkpoint, append(5));
  await alter(truth.log, 8);
  const { image, findings } = await readFrom(directory);
  expect(findings).toContain('the entries are not those that were written, although each is intact');
  expect([image.isCorrupt, image.log.base, image.log.length]).toEqual([true, 6, 6]);
});

function superblockOf(bytes: Uint8Array): Superblock {
  const superblock = decodeSuperblock(superblockKey, bytes, owner, directory);
  if (typeof superblock === 'string') throw new Error(superblock);
  return superblock;
}

describe('a log some of whose entries were replaced', () => {
  test('never holds the replaced entry again', async () => {
    await perform(directory, append(8));
    put(filesIn(directory), copy);
    const truth = await perform(directory, append(5, 3, 1));
    await tamper(directory, puts(entryKey(7), await valueUnder(copy, entryKey(7))));
    const { image, findings } = await readFrom(directory);
    deepStrictEqual(contentsOf(image), contentsOf(cutAfter(truth, 6)));
    expect(findings).toContain('entry 7: it was replaced');
  });

  test('ends before an entry of a write that the superblock does not know', async () => {
    const truth = await perform(directory, append(8));
    put(filesIn(directory), copy);
    await perform(directory, append(5, 3, 1));
    await tamper(copy, puts(entryKey(6), await valueUnder(directory, entryKey(6))));
    const { image, findings } = await readFrom(copy);
    deepStrictEqual(contentsOf(image), contentsOf(cutAfter(truth, 5)));
    expect(findings).toContain('entry 6: it replaced one');
  });

  test('is read whole after 300 replacements', async () => {
    const actions = Array.from({ length: 300 }, (_, index) => [append(2), append(3, 1, index % 2)]).flat();
    const truth = await perform(directory, ...actions);
    deepStrictEqual(contentsOf((await readFrom(directory)).image), contentsOf(truth));
  });
});

test('entries that were cut off or compacted away are deleted', async () => {
  const truth = await perform(
    directory,
    append(6),
    checkpoint,
    append(5),
    checkpoint,
    append(4),
    append(0, 3, 1),
  );
  deepStrictEqual([truth.log.base, truth.log.length], [6, 12]);
  for (const [opNumber, isThere] of [
    [6, false],
    [7, true],
    [12, true],
    [13, false],
  ] as const)
    await expect(
      valueUnder(directory, entryKey(opNumber)).then(
        () => true,
        () => false,
      ),
    ).resolves.toBe(isThere);
});

test('records that lost their last writes are detected by the copy of the superblock', async () => {
  await perform(directory, append(8));
  put(filesIn(directory), copy);
  const truth = await perform(directory, append(2, 3, 2));
  const files = [...filesIn(copy)].filter(([path]) => path !== 'superblock');
  const superblock = [...filesIn(directory)].filter(([path]) => path === 'superblock');
  put(new Map([...files, ...superblock]), directory);
  const { image, findings } = await readFrom(directory);
  expect(findings).toMatch(/the records end with write \d+, and write \d+ was durable/);
  deepStrictEqual(contentsOf(image), contentsOf(cutAfter(truth, 5)));
});
