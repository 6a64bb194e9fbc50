import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';

/** The files of a directory, by their paths in it. */
export type Files = ReadonlyMap<string, Buffer>;

/** A scratch folder, in memory if possible, because thousands of directories in it are synced. */
export function scratch(): string {
  const inMemory = '/dev/shm';
  return mkdtempSync(join(existsSync(inMemory) ? inMemory : tmpdir(), 'viewstamped-storage-'));
}

/** All files in a directory and below. */
export function filesIn(directory: string): Files {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = all.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return new Map(paths.sort().map((path) => [relative(directory, path), readFileSync(path)]));
}

/** Makes a directory hold these files and nothing else. */
export function put(files: Files, directory: string): void {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), bytes);
  }
}

/** One corruption of one file. Places are shares of its length, or of the rest of it. */
export type Corruption = {
  readonly type: 'flip' | 'truncate' | 'swap' | 'zero' | 'copy' | 'remove' | 'exchange';
  readonly file: number;
  readonly at: number;
  readonly other: number;
  readonly bit: number;
};

/** Uniform, whereas fast-check prefers both ends. */
const share = fc.noBias(fc.nat(2 ** 31 - 1)).map((drawn) => drawn / 2 ** 31);

/** Bit flips and truncations are more frequent than swapped, zeroed or copied stretches and removed or exchanged files. */
export const corruptions: fc.Arbitrary<Corruption> = fc.record({
  type: fc.oneof(
    { weight: 8, arbitrary: fc.constant('flip' as const) },
    { weight: 4, arbitrary: fc.constant('truncate' as const) },
    { weight: 2, arbitrary: fc.constant('swap' as const) },
    { weight: 1, arbitrary: fc.constant('zero' as const) },
    { weight: 1, arbitrary: fc.constant('copy' as const) },
    { weight: 1, arbitrary: fc.constant('remove' as const) },
    { weight: 1, arbitrary: fc.constant('exchange' as const) },
  ),
  file: share,
  at: share,
  other: share,
  bit: fc.nat(7),
});

/** Files that the storage does not read. */
const unread = ['lock', 'log.spare'];

/** The files after the corruption, and its description. */
export function corrupted(
  files: Files,
  { type, file, at, other, bit }: Corruption,
): readonly [Files, string] {
  const paths = [...files.keys()].filter((path) => !unread.includes(path) && !path.startsWith('corrupt/'));
  const path = paths[Math.floor(file * paths.length)] ?? '';
  const bytes = Buffer.from(files.get(path) ?? []);
  const place = Math.floor(at * bytes.length);
  const length = Math.min(1 + Math.floor(other * 64), bytes.length - place);
  const from = Math.floor(other * (bytes.length - length));
  const result = new Map(files);
  const description = `${type} ${path} at ${place} of ${bytes.length}, ${length} from ${from}, bit ${bit}`;
  if (type === 'remove') {
    result.delete(path);
    return [result, description];
  }
  if (type === 'exchange') {
    const second = paths[Math.floor(other * paths.length)] ?? '';
    result.set(path, files.get(second) ?? bytes).set(second, bytes);
    return [result, `${description}, with ${second}`];
  }
  const stretch = Buffer.from(bytes.subarray(from, from + length));
  if (type === 'flip') bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
  if (type === 'zero') bytes.fill(0, place, place + length);
  if (type === 'swap') bytes.copy(bytes, from, place, place + length);
  if (type === 'swap' || type === 'copy') stretch.copy(bytes, place);
  result.set(path, type === 'truncate' ? bytes.subarray(0, place) : bytes);
  return [result, description];
}
