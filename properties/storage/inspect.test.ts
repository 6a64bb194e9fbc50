import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { backUpDirectory, inspectDirectory } from '../../impl/node/storage/inspectDirectory.ts';
import { append, checkpoint, contentsOf, StorageWriter } from '../../models/storage/storageWriter.ts';
import { root } from '../root.ts';
import { corrupted, filesIn, put, scratch } from './corruptions.ts';
import { withStorage } from './outcome.ts';
import { openSmall } from './smallDisk.ts';
import { perform, readFrom } from './tampering.ts';

const folder = scratch();
const [directory, copy] = [join(folder, 'replica'), join(folder, 'copy')];
beforeEach(() => {
  for (const each of [directory, copy]) rmSync(each, { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

function viewstamped(...words: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['impl/cli/viewstamped.mjs', ...words], {
    cwd: root,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, error: stderr };
}

test('inspecting a directory changes nothing in it', async () => {
  const truth = await perform(directory, append(9), checkpoint, append(4, 0, 2));
  const before = filesIn(directory);
  const { content, findings } = await inspectDirectory(directory);
  expect(findings).toEqual([]);
  expect(contentsOf(content.image)).toEqual(contentsOf(truth));
  expect(filesIn(directory)).toEqual(before);
});

test('a directory is inspected and copied while its storage is written to, as of one moment', async () => {
  await withStorage(openSmall(directory), async (storage) => {
    const writer = new StorageWriter(
      storage.stored?.image ?? (await inspectDirectory(directory)).content.image,
    );
    let isDone = false;
    const write = async (): Promise<void> => {
      for (let round = 0; round < 60; round++)
        for (const action of [append(7), append(5, 2, 0), checkpoint])
          await storage.write(writer.records(action));
    };
    const writing = write().finally(() => {
      isDone = true;
    });
    // What goes wrong in the loop is told first.
    writing.catch(() => undefined);
    let last = 0;
    for (let number = 0; !isDone; number++) {
      const { content } = await backUpDirectory(directory, `${copy}-${number}`);
      const { log } = content.image;
      expect(log.length).toBeGreaterThanOrEqual(last);
      last = log.length;
      const again = await inspectDirectory(`${copy}-${number}`);
      expect(again.findings).toEqual([]);
      expect(again.content.image.log.checksum).toBe(log.checksum);
      rmSync(`${copy}-${number}`, { recursive: true });
    }
    await writing;
  });
});

test('a copy opens with what the directory held', async () => {
  const truth = await perform(directory, append(9), checkpoint, append(4, 0, 2), checkpoint, append(2));
  await backUpDirectory(directory, copy);
  expect(contentsOf((await readFrom(copy)).image)).toEqual(contentsOf(truth));
});

test('a copy lacks the start of the storage that runs, so that the others see that it is older', async () => {
  await perform(directory, append(2));
  await withStorage(openSmall(directory), async (storage) => {
    await backUpDirectory(directory, copy);
    const { starts } = await inspectDirectory(copy);
    expect(starts.own).toEqual(storage.starts.own.slice(0, -1));
  });
});

test.each([
  ['itself', ''],
  ['a directory in it', 'copy'],
  ['one in it that begins with two dots', '..copy'],
  ['one in it to which a link leads', '../link/copy'],
])('a directory is not copied into %s', async (_, to) => {
  await perform(directory, append(2));
  rmSync(join(folder, 'link'), { force: true });
  symlinkSync(directory, join(folder, 'link'));
  const before = filesIn(directory);
  const copied = backUpDirectory(directory, join(directory, to));
  await expect(copied).rejects.toMatchObject({ problem: 'foreign', message: /is within .*: name a/ });
  expect(filesIn(directory)).toEqual(before);
});

test('the command tells what a directory holds, and exits with 1 where something is corrupt', async () => {
  const { log } = await perform(directory, append(9), checkpoint, append(4, 0, 2));
  const whole = viewstamped('inspect', directory);
  expect([whole.code, whole.error]).toEqual([0, '']);
  expect(whole.out).toContain('replica      1 of the group tried\n');
  expect(whole.out).toContain(`entries 1 to ${log.length}, checksum ${log.checksum}`);
  expect(whole.out).toContain('All checksums are right.');
  const entries = viewstamped('inspect', directory, '--entries').out.trim().split('\n');
  expect(entries.map((line) => JSON.parse(line)[0])).toEqual(
    Array.from({ length: 13 }, (_, index) => index + 1),
  );
  const [files] = corrupted(filesIn(directory), { type: 'zero', file: 0, at: 0.5, other: 0.9, bit: 0 });
  put(files, directory);
  const corrupt = viewstamped('inspect', directory);
  expect([corrupt.code, corrupt.error]).toEqual([1, '']);
  expect(corrupt.out).toMatch(/CORRUPT +checkpoint-\d+: it is corrupt at byte \d+/);
  const listed = viewstamped('inspect', directory, '--state');
  expect(listed).toEqual({
    code: 1,
    out: '',
    error: expect.stringMatching(/^CORRUPT +checkpoint-\d+: it is/),
  });
  const refused = viewstamped('backup', directory, copy);
  expect([refused.code, refused.error]).toEqual([2, expect.stringMatching(/corrupt.*Nothing was copied/)]);
});

test.each([
  ['a directory that does not exist', [], /does not exist: name the directory of --data/],
  ['an empty directory', ['empty'], /holds no data of a replica/],
])('the command refuses %s with exit code 2', (_, made, message) => {
  for (const name of made) mkdirSync(join(folder, name), { recursive: true });
  const { code, error } = viewstamped('inspect', join(folder, ...(made.length > 0 ? made : ['nowhere'])));
  expect([code, error]).toEqual([2, expect.stringMatching(message)]);
});

test('the usage of a command with two words names each once', () => {
  expect(viewstamped('backup', '--help').out).toMatch(/^viewstamped backup \[options\] DIR TO\n/);
});

test.each(['superblock', 'starts'])(
  'a missing file %s is told of a replica that takes part in its group, and of no other',
  async (name) => {
    await perform(directory, append(2));
    rmSync(join(directory, name));
    expect((await inspectDirectory(directory)).findings).toEqual([]);
    await perform(directory, { type: 'member' }, append(2));
    rmSync(join(directory, name));
    expect((await inspectDirectory(directory)).findings[0]).toMatch(
      /slot 0 of the superblock's copy|starts is missing/,
    );
    const { findings, image } = await readFrom(directory);
    expect(findings).not.toEqual('');
    expect(image.log.length).toBe(4);
    expect((await inspectDirectory(directory)).findings).toEqual([]);
  },
);

test('the command exits with 1, and with no word about its options, where no view can be read', async () => {
  await perform(directory, append(2));
  for (const name of ['superblock', 'log-0000000000000001']) rmSync(join(directory, name));
  const { code, out, error } = viewstamped('inspect', directory);
  expect([code, out]).toEqual([1, '']);
  expect(error).toMatch(
    /^CORRUPT .*The view that this replica promised is lost.*start the replicas that have theirs\.\n$/,
  );
});

test('a path that is none is told with what to do about that', async () => {
  await perform(directory, append(2));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const to = join(file, 'copy');
  await expect(inspectDirectory(file)).rejects.toThrow(
    /cannot be read \(ENOTDIR.*name the directory of --data/,
  );
  await expect(backUpDirectory(directory, to)).rejects.toThrow(
    /cannot be copied to \(ENOTDIR.*name a directory/,
  );
});
