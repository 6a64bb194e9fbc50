import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { describeError, StorageError } from '../stableStorage.ts';

/** The paths of everything in a replica's directory. */
export interface DirectoryPaths {
  readonly directory: string;
  /** Locked while the storage is open. LevelDB's own lock is released while its directory is replaced. */
  readonly lock: string;
  /** LevelDB's directory. */
  readonly records: string;
  /** The file with the second copy of the superblock. */
  readonly superblock: string;
  /** The file with the starts of this storage, and of the other replicas. */
  readonly starts: string;
  /** The corrupt records that were replaced last, kept for inspection. The program never reads it; it may be deleted. */
  readonly corrupt: string;
  /** Under construction; renamed to take the place of the old ones when complete. */
  readonly newRecords: string;
  readonly newSuperblock: string;
  readonly newStarts: string;
}

/** The paths in this directory. */
export function pathsIn(directory: string): DirectoryPaths {
  const within = (name: string) => join(directory, name);
  return {
    directory,
    lock: within('lock'),
    records: within('records'),
    superblock: within('superblock'),
    starts: within('starts'),
    corrupt: within('corrupt'),
    newRecords: within('records.new'),
    newSuperblock: within('superblock.new'),
    newStarts: within('starts.new'),
  };
}

/** Creates the directory if it does not exist, and locks it until the handle is closed. */
export async function lockDirectory({ directory, lock }: DirectoryPaths): Promise<FileHandle> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const handle = await open(lock, constants.O_RDWR | constants.O_CREAT, 0o600);
  if (tryLock(handle.fd)) return handle;
  await handle.close();
  throw new StorageError(
    'in-use',
    `${directory} is in use by another process: stop that one, or give this replica a directory of its own.`,
  );
}

/** Tells which parts exist. Throws a StorageError if the directory holds anything else; nothing has been changed by then. */
export async function findCopies(paths: DirectoryPaths): Promise<FoundCopies> {
  const names = await namesIn(paths.directory);
  const { directory, ...ours } = paths;
  const foreign = names.find((name) => !Object.values(ours).includes(name));
  if (foreign !== undefined)
    throw new StorageError(
      'foreign',
      `${foreign} is no file of a replica: give this replica a directory of its own, or remove the file.`,
    );
  return { records: names.includes(paths.records), superblock: names.includes(paths.superblock) };
}

/** The copies of the superblock that may exist. If neither does, no replica has run here. */
export interface FoundCopies {
  readonly records: boolean;
  readonly superblock: boolean;
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).map((name) => join(directory, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Removes what an interrupted construction left. */
export async function removeUnfinished(paths: DirectoryPaths): Promise<void> {
  for (const unfinished of [paths.newRecords, paths.newSuperblock, paths.newStarts])
    await rm(unfinished, { recursive: true, force: true });
}

/** Moves the whole directory aside, and yields its new path: the first free one of DIRECTORY.outdated-1, -2, … */
export async function setAside(directory: string): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = `${directory}.outdated-${number}`;
    if ((await namesIn(aside)).length > 0) continue;
    await rename(directory, aside);
    await syncDirectory(dirname(directory));
    return aside;
  }
}

/** Renames durably. */
export async function moveDurably({ directory }: DirectoryPaths, from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(directory);
}

/** Makes the names in a directory durable. */
export function syncDirectory(directory: string): Promise<void> {
  return syncFile(directory);
}

/** Makes the contents of a file durable. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Turns any failure to read or write into a StorageError for the caller of the storage. */
export function asStorageError(directory: string, doing: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(
    'unusable',
    `${directory} cannot be ${doing} (${describeError(error)}): check the disk, and start the replica again.`,
    error,
  );
}
