import { execFile } from 'node:child_process';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { Chance } from '../chance.ts';

const run = promisify(execFile);

/** The most bytes that a torn write leaves behind the end of a file. */
const maxTornBytes = 4096;

/**
 * Simulates a full disk: limits the files of a process to the longest content of a file in the directory plus `at` of a page,
 * from 0 to 1. A write beyond the limit is cut off there and fails.
 */
export async function limitFileSize(pid: number, directory: string, at: number): Promise<void> {
  const largest = Math.max(0, ...(await filesIn(directory)).map(({ size }) => size));
  await limit(pid, String(largest + Math.floor(at * 4096)));
}

/** Removes the limit, if the process still runs. */
export async function unlimitFileSize(pid: number): Promise<void> {
  await limit(pid, 'unlimited').catch(() => {});
}

/**
 * Puts what an unconfirmed write may leave behind the content of the last segment of the log: random bytes. `at`, from 0 to 1,
 * selects how many and which. Does nothing if there is no segment.
 */
export async function writeTorn(directory: string, at: number): Promise<void> {
  const last = (await filesIn(directory)).findLast(({ path }) => /^log-\d/.test(basename(path)));
  if (last === undefined) return;
  const chance = new Chance(Math.floor(at * 2 ** 31), 'torn write');
  const length = 1 + chance.below(maxTornBytes);
  const file = await open(last.path, 'r+');
  try {
    await file.write(
      Uint8Array.from({ length }, () => chance.below(256)),
      0,
      length,
      last.size,
    );
  } finally {
    await file.close();
  }
}

/** Flips one bit in the files of a directory. `at`, from 0 to 1, selects which. */
export async function flipBit(directory: string, at: number): Promise<void> {
  const files = await filesIn(directory);
  let place = Math.floor(at * files.reduce((sum, { size }) => sum + size, 0));
  for (const { path, size } of files) {
    if (place < size) return flipBitAt(path, place, Math.floor(at * 2 ** 31) % 8);
    place -= size;
  }
}

async function flipBitAt(path: string, place: number, bit: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = new Uint8Array(1);
    await file.read(byte, 0, 1, place);
    await file.write(
      byte.map((old) => old ^ (1 << bit)),
      0,
      1,
      place,
    );
  } finally {
    await file.close();
  }
}

interface FoundFile {
  readonly path: string;
  /** Its length, in bytes; of a segment of the log, which is filled with zeros before, that of its content. */
  readonly size: number;
}

/** All files within a directory, in the order of their names. Files deleted in the meantime are left out. */
async function filesIn(directory: string): Promise<readonly FoundFile[]> {
  const names = await readdir(directory, { recursive: true });
  const found = await Promise.all(
    names.toSorted().map(async (name): Promise<readonly FoundFile[]> => {
      const path = join(directory, name);
      try {
        const status = await stat(path);
        if (!status.isFile()) return [];
        return [{ path, size: isSegment(path) ? await contentLength(path) : status.size }];
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}

/** Whether it is a segment of a replica's log, or one in preparation. */
function isSegment(path: string): boolean {
  return /^log[-.]/.test(basename(path));
}

/** The length of a file without the zeros at its end. */
async function contentLength(path: string): Promise<number> {
  return (await readFile(path)).findLastIndex((byte) => byte !== 0) + 1;
}

/** Limits the size of files that a process may write. Works on Linux only. */
async function limit(pid: number, bytes: string): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
}
