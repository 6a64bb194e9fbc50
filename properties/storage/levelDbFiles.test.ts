import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blankImage, type Image } from '../../impl/index.ts';
import { crc32c } from '../../impl/node/storage/leveldb/crc32c.ts';
import { isJournalIntact, versionsInJournal } from '../../impl/node/storage/leveldb/journals.ts';
import { readTable, versionsIn } from '../../impl/node/storage/leveldb/tables.ts';
import { type Files, filesIn, put, scratch } from './corruptions.ts';
import { contentsOf } from './simulatedWriter.ts';
import { append, checkpoint, perform, readFrom } from './tampering.ts';

const folder = scratch();
const directory = join(folder, 'replica');
afterAll(() => rmSync(folder, { recursive: true }));

let truth: Image = blankImage;
let files: Files = new Map();
beforeAll(async () => {
  truth = await perform(directory, append(60), checkpoint, append(9));
  // Opening the directory turns the journal into a table.
  await perform(directory);
  truth = await perform(directory, append(30, 2, 1));
  files = filesIn(directory);
});

/** The longest file with this outcome, and its path. */
function longest(outcome: string): readonly [string, Buffer] {
  const [first] = [...files]
    .filter(([path]) => path.endsWith(outcome))
    .sort((a, b) => b[1].length - a[1].length);
  if (first === undefined) throw new Error(`There is no ${outcome}.`);
  return first;
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
  return copy;
}

test('checksums are those of RFC 3720, appendix B.4', () => {
  const [zeros, ones] = [Buffer.alloc(32), Buffer.alloc(32, 0xff)];
  const rising = Uint8Array.from({ length: 32 }, (_, index) => index);
  const checksums = [zeros, ones, rising].map((bytes) => crc32c(bytes).toString(16));
  expect(checksums).toEqual(['8a9136aa', '62a8ab43', '46dd794e']);
});

test('a bit flipped anywhere in a table is found, or changes nothing that is read', () => {
  const [, bytes] = longest('.ldb');
  const contents = (table: Buffer) => readTable(table).blocks.flatMap((block) => [...versionsIn(block)]);
  const whole = contents(bytes);
  expect([readTable(bytes).corruptions, whole.length > 60]).toEqual([[], true]);
  let unseen = 0;
  for (let at = 0; at < bytes.length; at++) {
    const { isFinished, corruptions } = readTable(flipped(bytes, at));
    if (!isFinished || corruptions.length > 0) continue;
    unseen++;
    expect(contents(flipped(bytes, at))).toEqual(whole);
  }
  // Only the padding of the footer is read by no code.
  expect(unseen).toBeLessThan(40);
});

test('a bit flipped anywhere in a journal makes no record appear that was not written', () => {
  const [, bytes] = longest('.log');
  const whole = [...versionsInJournal(bytes)];
  expect([isJournalIntact(bytes), whole.length > 30]).toEqual([true, true]);
  for (let at = 0; at < bytes.length; at++) {
    const corrupted = flipped(bytes, at);
    expect(isJournalIntact(corrupted)).toBe(false);
    const read = [...versionsInJournal(corrupted)];
    expect(read.length).toBeLessThan(whole.length);
    for (const version of read) expect(whole).toContainEqual(version);
  }
});

test('LevelDB is never given a corrupt table', async () => {
  const [path, bytes] = longest('.ldb');
  put(new Map([...files, [path, flipped(bytes, 1000)]]), directory);
  const { findings } = await readFrom(directory);
  expect(findings).toMatch(/table \d+\.ldb: a block is corrupt/);
  expect([...filesIn(directory)].filter(([name]) => name.startsWith('corrupt/')).length).toBeGreaterThan(0);
});

test('an unfinished table is no corruption', async () => {
  put(new Map([...files, ['records/000999.ldb', longest('.ldb')[1].subarray(0, 3000)]]), directory);
  const { image, findings } = await readFrom(directory);
  expect(findings).toBe('');
  expect(contentsOf(image)).toEqual(contentsOf(truth));
});
