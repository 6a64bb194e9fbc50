import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { describeError, StorageError } from '../stableStorage.ts';

/** What lies in a directory of ours. */
export interface DirectoryPaths {
  readonly directory: string;
  /** Held for as long as the storage is open. The library's own lock is let go while its directory is replaced. */
  readonly lock: string;
  /** The library's directory. */
  readonly records: string;
  /** The file with the second copy of the superblock. */
  readonly superblock: string;
  /** What was found harmed last, as it was found, for whoever wants to look into it. Nothing reads it, and it may be deleted. */
  readonly corrupt: string;
  /** What is being made, and takes the place of another when it is complete. */
  readonly newRecords: string;
  readonly newSuperblock: string;
}

/** Where everything is in this directory. */
export function pathsIn(directory: string): DirectoryPaths {
  const within = (name: string) => join(directory, name);
  return {
    directory,
    lock: within('lock'),
    records: within('records'),
    superblock: within('superblock'),
    corrupt: within('harmed'),
    newRecords: within('records.new'),
    newSuperblock: within('superblock.new'),
  };
}

/** Makes the directory where there is none, and locks it until the handle is closed. */
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

/** What is there of ours. Throws a StorageError if anything else is there; nothing has been touched by then. */
export async function findCopies(places: DirectoryPaths): Promise<FoundCopies> {
  const names = await namesIn(places.directory);
  const { directory, ...ours } = places;
  const foreign = names.find((name) => !Object.values(ours).includes(name));
  if (foreign !== undefined)
    throw new StorageError(
      'foreign',
      `${foreign} is nothing that a replica stores: give this replica a directory of its own, or remove that.`,
    );
  return { records: names.includes(places.records), superblock: names.includes(places.superblock) };
}

/** Which copies of the superblock there may be. With neither, no replica ever ran here. */
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

/** Removes what was left unfinished. */
export async function removeUnfinished({ newRecords, newSuperblock }: DirectoryPaths): Promise<void> {
  for (const unfinished of [newRecords, newSuperblock])
    await rm(unfinished, { recursive: true, force: true });
}

/** Puts one in the place of another, for good. */
export async function moveDurably({ directory }: DirectoryPaths, from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(directory);
}

/** Makes durable which names a directory holds. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What any failure to read or write means to whoever opened the storage. */
export function asStorageError(directory: string, doing: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(
    'unusable',
    `${directory} cannot be ${doing} (${describeError(error)}): see to the disk, and start the replica again.`,
    error,
  );
}
