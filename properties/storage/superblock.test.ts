import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import xxhash from 'xxhash-wasm';
import type { Settings } from '../../impl/node/cluster/settings.ts';
import { headerLength, seedOf } from '../../impl/node/storage/durable/journal/fileHeader.ts';
import { framesFrom } from '../../impl/node/storage/durable/journal/frame.ts';
import { inspectDirectory } from '../../impl/node/storage/inspectDirectory.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import { append, configuration, owner } from '../../models/storage/storageWriter.ts';
import { type Files, filesIn, put, scratch } from './corruptions.ts';
import { openSmall, smallDisk } from './smallDisk.ts';
import { perform, readFrom } from './tampering.ts';

const { h64ToString } = await xxhash();
const folder = scratch();
const directory = join(folder, 'replica');
beforeEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await perform(directory, append(4), append(3, 0, 2));
});
afterAll(() => rmSync(folder, { recursive: true }));

const segment = 'log-0000000000000001';

/** Flips a bit near the beginning of these slots of the superblock's copy. */
function flipped(files: Files, ...slots: readonly number[]): Files {
  const bytes = Buffer.from(files.get('superblock') ?? []);
  for (const slot of slots) bytes[slot * 4096 + 100] = (bytes[slot * 4096 + 100] ?? 0) ^ 4;
  return new Map([...files, ['superblock', bytes]]);
}

/** The name of the storage in the directory. */
function storeIn(files: Files): string {
  return /storage ([0-9a-f]{16})/.exec(files.get(segment)?.toString('latin1') ?? '')?.[1] ?? '';
}

/** Flips a bit in each of the last frames of the log. */
function withoutLast(files: Files, count: number): Files {
  const bytes = Buffer.from(files.get(segment) ?? []);
  const seed = seedOf({ kind: 'log', number: 1, store: storeIn(files) });
  for (const { end } of [...framesFrom(bytes, headerLength, seed)].slice(-count))
    bytes[end - 30] = (bytes[end - 30] ?? 0) ^ 1;
  return new Map([...files, [segment, bytes]]);
}

test.each([[[0]], [[1]], [[0, 1]]])('corruption of slots %j of the copy loses nothing', async (slots) => {
  put(flipped(filesIn(directory), ...slots), directory);
  const { image, findings } = await readFrom(directory);
  // The last write may have been interrupted while it wrote them.
  expect([image.viewNumber, image.log.length, image.isCorrupt, findings]).toEqual([2, 7, false, '']);
});

test.each([[[0]], [[1]], [[0, 1]]])(
  'corruption of slots %j of the copy is told if the last write did not write them',
  async (slots) => {
    await perform(directory, append(1), append(1));
    put(flipped(filesIn(directory), ...slots), directory);
    const { image, findings } = await readFrom(directory);
    expect([image.viewNumber, image.log.length, image.isCorrupt]).toEqual([2, 9, false]);
    expect(findings).toContain(`slot ${slots[0]}`);
  },
);

test('corruption of the slots that tell the last write is no finding, because a power cut may tear both', async () => {
  put(flipped(filesIn(directory), 2, 3), directory);
  const { image, findings } = await readFrom(directory);
  expect([image.viewNumber, image.log.length, image.isCorrupt, findings]).toEqual([2, 7, false, '']);
});

test.each(['neither', 'log', 'copy'])(
  'a replica that has halted stays halted (corrupt: %s)',
  async (corrupt) => {
    const halted = { opNumber: 4, part: 'state', isOutvoted: true } as const;
    const storage = await openSmall(directory);
    const numbers = { viewNumber: 2, lastNormalView: 2, commitNumber: 4 };
    await storage.write([
      { type: 'halt', halted },
      { type: 'viewRecord', ...numbers },
      { type: 'end', write: 3 },
    ]);
    await storage.close();
    if (corrupt === 'log') put(withoutLast(filesIn(directory), 1), directory);
    if (corrupt === 'copy') put(flipped(filesIn(directory), 0, 1, 2, 3), directory);
    expect((await readFrom(directory)).image.halted).toEqual(halted);
  },
);

test('two slots hold a view before its write is durable', async () => {
  await perform(directory, append(1, 0, 5));
  const text = filesIn(directory).get('superblock')?.toString('latin1') ?? '';
  expect(text.match(/"viewNumber":7,/g)?.length).toBe(2);
});

test('corruption of the last frame marks the log as damaged, and keeps what was committed before it', async () => {
  put(withoutLast(filesIn(directory), 1), directory);
  const { image, findings } = await readFrom(directory);
  expect(findings).toMatch(/the log ends with write \d, and write \d was durable/);
  expect([image.viewNumber, image.log.length, image.isCorrupt]).toEqual([2, 1, true]);
});

test.each([[[0]], [[1]], [[0, 1]]])(
  'corruption of the last frame and of slots %j ends the replica',
  async (slots) => {
    put(flipped(withoutLast(filesIn(directory), 1), ...slots, 3), directory);
    const before = filesIn(directory);
    const wanted = { problem: 'corrupt', message: /promised is lost/ };
    await expect(openSmall(directory)).rejects.toMatchObject(wanted);
    expect(filesIn(directory)).toEqual(before);
    await expect(openSmall(directory)).rejects.toMatchObject(wanted);
  },
);

/** The files with another number of the layout in the header of the segment. */
function withLayout(files: Files, layout: number, isChecked: boolean): Files {
  const bytes = Buffer.from(files.get(segment) ?? []);
  const text = bytes.toString('latin1').replace(/layout \d+/, `layout ${layout}`);
  const [checked = ''] = /^.*checksum /.exec(text) ?? [];
  bytes.write(isChecked ? `${checked}${h64ToString(checked)}` : checked, 'latin1');
  return new Map([...files, [segment, bytes]]);
}

test('a segment of another layout is told from corruption', async () => {
  put(withLayout(filesIn(directory), 9, true), directory);
  const wanted = { problem: 'other-version', message: /layout 9/ };
  await expect(openSmall(directory)).rejects.toMatchObject(wanted);
});

test('a bit flip in the number of the layout is corruption, and loses nothing', async () => {
  put(withLayout(filesIn(directory), 7, false), directory);
  const { image, findings } = await readFrom(directory);
  expect([image.viewNumber, image.log.length, image.isCorrupt]).toEqual([2, 7, false]);
  expect(findings).toContain('its header is corrupt');
});

test.each([
  [
    { group: 'another' },
    'other-settings',
    /of group "tried".*for group "another": its settings are others.*founded/,
  ],
  [{ replica: 2 }, 'other-replica', /replica 1 of group "tried".*for replica 2.*it had before/],
] as const)('storage of %j is told from corruption', async (other, problem, message) => {
  const strange = openDurable(directory, { ...owner, ...other }, configuration, smallDisk);
  await expect(strange).rejects.toMatchObject({ problem, message });
  expect((await readFrom(directory)).image.log.length).toBe(7);
});

test('a setting that was changed is named with both values, and with a remedy that loses nothing', async () => {
  const place = join(folder, 'settings');
  const open = (group: string, settings: Settings) =>
    openDurable(place, { ...owner, group, settings }, configuration, smallDisk);
  await (await open('one', { mode: 'durable', sessions: null, window: 8 })).close();
  await expect(open('other', { mode: 'diskless', sessions: 10, window: 8 })).rejects.toMatchObject({
    problem: 'other-settings',
    message: expect.stringMatching(
      /mode was durable, and is diskless, sessions was unlimited, and is 10\. .*write the former ones into the file of the cluster again/,
    ),
  });
});

test('a directory is that of a group with the same settings, whatever the name of the group was, and notes the present name', async () => {
  const place = join(folder, 'renamed');
  const settings = { mode: 'durable', window: 8 };
  await (await openDurable(place, { ...owner, group: 'one', settings }, configuration, smallDisk)).close();
  await (await openDurable(place, { ...owner, group: 'other', settings }, configuration, smallDisk)).close();
  expect((await inspectDirectory(place)).content.superblock).toMatchObject({ group: 'other', settings });
});

test('a directory that tells no settings is opened by the former name of its group, and tells them from then on', async () => {
  const place = join(folder, 'former');
  await (await openDurable(place, { ...owner, group: 'former' }, configuration, smallDisk)).close();
  const settings = { mode: 'durable', window: 8 };
  const named = { ...owner, group: 'present', formerGroup: 'former', settings };
  await (await openDurable(place, named, configuration, smallDisk)).close();
  expect((await inspectDirectory(place)).content.superblock).toMatchObject({ group: 'present', settings });
});

test('a directory without log and superblock, in which a replica has run, is refused', async () => {
  put(new Map([...filesIn(directory)].filter(([name]) => name === 'starts')), directory);
  await expect(openSmall(directory)).rejects.toMatchObject({
    problem: 'corrupt',
    message: /promised is lost/,
  });
});

test('a superblock of another storage is refused, with the names of both', async () => {
  const other = join(folder, 'other');
  await perform(other, append(1));
  const superblock = filesIn(other).get('superblock') ?? Buffer.alloc(0);
  put(new Map([...filesIn(directory), ['superblock', superblock]]), directory);
  const names = [storeIn(filesIn(directory)), storeIn(filesIn(other))].join('.*');
  await expect(openSmall(directory)).rejects.toMatchObject({
    problem: 'corrupt',
    message: new RegExp(names),
  });
});
