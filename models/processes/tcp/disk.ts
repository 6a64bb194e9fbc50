import { execFile } from 'node:child_process';
import { appendFile, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Chance } from '../chance.ts';

const run = promisify(execFile);

/** The most bytes that are left behind a file's end by a write that was under way when the power failed. */
const mostTorn = 4096;

/**
 * Leaves a process no more room in its files than the largest in its directory has now, and up to a page: the write that
 * reaches that is cut off there, and fails, as on a disk that is full. `at`: how much of the page, from 0 to 1.
 */
export async function fill(pid: number, directory: string, at: number): Promise<void> {
  const largest = Math.max(0, ...(await filesIn(directory)).map(({ size }) => size));
  await limit(pid, String(largest + Math.floor(at * 4096)));
}

/** Takes that back, if the process is still there. */
export async function free(pid: number): Promise<void> {
  await limit(pid, 'unlimited').catch(() => {});
}

/**
 * Leaves behind the end of the file that was written last what a write may leave that was never confirmed: so many bytes of
 * anything. `at`: how many and which, from 0 to 1. Nothing happens where nothing was written yet.
 */
export async function tear(directory: string, at: number): Promise<void> {
  const journals = (await filesIn(directory)).filter(({ path }) => path.endsWith('.log'));
  const last = journals.toSorted((one, other) => other.written - one.written)[0];
  if (last === undefined) return;
  const chance = new Chance(Math.floor(at * 2 ** 31), 'tear');
  const length = 1 + chance.below(mostTorn);
  await appendFile(
    last.path,
    Uint8Array.from({ length }, () => chance.below(256)),
  );
}

/** Turns one bit round somewhere in the files of a directory. `at`: where, from 0 to 1. */
export async function flip(directory: string, at: number): Promise<void> {
  const files = await filesIn(directory);
  let place = Math.floor(at * files.reduce((sum, { size }) => sum + size, 0));
  for (const { path, size } of files) {
    if (place < size) return flipIn(path, place, Math.floor(at * 2 ** 31) % 8);
    place -= size;
  }
}

async function flipIn(path: string, place: number, bit: number): Promise<void> {
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

interface Found {
  readonly path: string;
  readonly size: number;
  /** When it was written last, in milliseconds. */
  readonly written: number;
}

/** All files within a directory, by name. A file that goes away meanwhile is none. */
async function filesIn(directory: string): Promise<readonly Found[]> {
  const names = await readdir(directory, { recursive: true });
  const found = await Promise.all(
    names.toSorted().map(async (name): Promise<readonly Found[]> => {
      const path = join(directory, name);
      try {
        const found = await stat(path);
        return found.isFile() ? [{ path, size: found.size, written: found.mtimeMs }] : [];
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}

/** Linux alone lets one process limit another. */
async function limit(pid: number, bytes: string): Promise<void> {
  await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
}
