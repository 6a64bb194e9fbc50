import { basename, dirname, join, resolve } from 'node:path';
import type { FileLock, Files } from '../../platform/files.ts';
import { describeError, StorageError } from '../stableStorage.ts';
import { numbersIn } from './journal/fileHeader.ts';
import { newName, spareName } from './journal/journal.ts';

/** The paths in a replica's directory, those of the journal's and checkpoints' files apart. */
export interface DirectoryPaths {
  readonly directory: string;
  /** Locked while the storage is open. */
  readonly lock: string;
  /** The file with the second copy of the superblock. */
  readonly superblock: string;
  /** The file with the starts of this storage, and of the other replicas. */
  readonly starts: string;
  /** The corrupt files that were replaced last, kept for inspection. The program never reads it; it may be deleted. */
  readonly corrupt: string;
  /** The records of a directory in the former layout, and what an interrupted construction of them left. */
  readonly records: string;
  readonly newRecords: string;
  /** Under construction; renamed to take the place of the old ones when complete. */
  readonly newSuperblock: string;
  readonly newStarts: string;
  readonly newLog: string;
  /** A file of zeros, which becomes the next segment of the journal. */
  readonly spare: string;
}

/** The paths in this directory. */
export function pathsIn(directory: string): DirectoryPaths {
  const within = (name: string) => join(directory, name);
  return {
    directory,
    lock: within('lock'),
    superblock: within('superblock'),
    starts: within('starts'),
    corrupt: within('corrupt'),
    records: within('records'),
    newRecords: within('records.new'),
    newSuperblock: within('superblock.new'),
    newStarts: within('starts.new'),
    newLog: within(newName),
    spare: within(spareName),
  };
}

/** Creates the directory if it does not exist, and locks it until the lock is closed. */
export async function lockDirectory(files: Files, { directory, lock }: DirectoryPaths): Promise<FileLock> {
  await files.makeDirectory(directory);
  const held = await files.lock(lock);
  if (held !== undefined) {
    // An earlier process may have ended before the names that are read here were durable.
    await files.syncDirectory(directory);
    await syncAbove(files, resolve(directory));
    return held;
  }
  throw new StorageError(
    'in-use',
    `${directory} is in use by another process: stop that process first. If it is another replica, correct --data of one of the two: each has its own.`,
  );
}

/** Makes the name of a directory durable, and those of the ones above it, as far as the system lets them be read. */
async function syncAbove(files: Files, directory: string): Promise<void> {
  const above = dirname(directory);
  if (above === directory) return;
  try {
    await files.syncDirectory(above);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')))
      throw error;
  }
  await syncAbove(files, above);
}

/** The files that a directory may hold. If it has none of them, no replica has run here. */
export interface FoundFiles {
  /** The numbers of the segments, and of the files of checkpoints. */
  readonly segments: readonly number[];
  readonly checkpoints: readonly number[];
  readonly superblock: boolean;
  readonly starts: boolean;
  /** The records of the former layout. */
  readonly records: boolean;
}

/** Tells which files exist. Throws a StorageError if the directory holds anything else; nothing has been changed by then. */
export async function findFiles(files: Files, paths: DirectoryPaths): Promise<FoundFiles> {
  const { directory, ...ours } = paths;
  const names = (await files.list(directory)) ?? [];
  const [segments, checkpoints] = [numbersIn(names, 'log'), numbersIn(names, 'checkpoint')];
  const known = new Set(Object.values(ours).map((path) => basename(path)));
  const foreign = names.find((name) => !known.has(name) && !isNumbered(name) && !isTolerated(name));
  if (foreign !== undefined)
    throw new StorageError(
      'foreign',
      `${join(directory, foreign)} is no file of a replica: move it away. If this is not the directory of the replica, name the one that is.`,
    );
  return {
    segments,
    checkpoints,
    superblock: names.includes('superblock'),
    starts: names.includes('starts'),
    records: names.includes('records'),
  };
}

function isNumbered(name: string): boolean {
  return numbersIn([name], 'log').length + numbersIn([name], 'checkpoint').length > 0;
}

/** A file system of its own has this directory, which belongs to the operating system. */
function isTolerated(name: string): boolean {
  return name === 'lost+found';
}

/** Removes what an interrupted construction left. */
export async function removeUnfinished(files: Files, paths: DirectoryPaths): Promise<void> {
  for (const unfinished of [paths.newRecords, paths.newSuperblock, paths.newStarts, paths.newLog])
    await files.remove(unfinished);
}

/** What an operator does about a directory that is lost, in sentences. */
export const beginAnew =
  'Set the directory aside, keep it, and start this replica with an empty one while a quorum of normal replicas runs: it recovers from them. ' +
  'If no quorum runs, keep all directories, and start the replicas that have theirs.';

/** Moves the whole directory aside, and yields its new path: the first free one of DIRECTORY.outdated-1, -2, … */
export async function setAside(directory: string, files: Files): Promise<string> {
  for (let number = 1; ; number++) {
    const aside = `${directory}.outdated-${number}`;
    if (((await files.list(aside)) ?? []).length > 0) continue;
    // The start in the new directory makes both names durable. Until then a power cut brings back this one, which is set aside again.
    await files.rename(directory, aside);
    return aside;
  }
}

/** Renames durably. */
export async function moveDurably(
  files: Files,
  { directory }: DirectoryPaths,
  from: string,
  to: string,
): Promise<void> {
  await files.rename(from, to);
  await files.syncDirectory(directory);
}

/** What was done when an operation failed. */
type Doing = 'opened' | 'read' | 'written' | 'set aside' | 'copied to';

/** Errors that no repair of a disk mends: the path is none, or may not be used. */
const unsuitable = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'EINVAL', 'ELOOP'];

/** What mends errors with some codes. */
const remedies: Readonly<Record<Doing, readonly [codes: readonly string[], remedy: string]>> = {
  opened: [unsuitable, 'name a directory in which this process may create and write files.'],
  read: [unsuitable, 'name the directory of --data, and run as a user who may read it.'],
  written: [[], ''],
  'set aside': [
    ['EACCES', 'EBUSY', 'EPERM', 'EXDEV'],
    'it may be where a disk is mounted. Move all that it holds to another directory, keep that, and start the replica again.',
  ],
  'copied to': [unsuitable, 'name a directory that does not exist yet, where this process may create it.'],
};

/** Turns any failure to read or write into a StorageError for the caller of the storage. */
export function asStorageError(directory: string, doing: Doing, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [codes, remedy] = remedies[doing];
  const usual = serverless.has(doing) ? 'check the disk.' : 'check the disk, and start the replica again.';
  return new StorageError(
    'unusable',
    `${directory} cannot be ${doing} (${describeError(error)}): ${codes.includes(code) ? remedy : usual}`,
    error,
  );
}

/** What no server does. */
const serverless: ReadonlySet<Doing> = new Set(['read', 'copied to']);
