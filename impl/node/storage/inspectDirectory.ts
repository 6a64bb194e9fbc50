import { join, sep } from 'node:path';
import { configure } from '../../replica/data/configuration.ts';
import type { Entry } from '../../replica/data/entry.ts';
import { isMember } from '../../replica/data/membership.ts';
import type { Service } from '../../service/service.ts';
import { decodeEntry } from '../encoding/logEncoding.ts';
import { systemDisk } from '../platform/disk.ts';
import { writeCheckpoint } from './durable/checkpointFiles.ts';
import { asStorageError, findFiles, pathsIn } from './durable/directory.ts';
import { exists, replaceContent } from './durable/openDirectory.ts';
import { type DirectoryReading, readDirectory } from './durable/readDirectory.ts';
import { readStarts, writeStarts } from './durable/startsFile.ts';
import { superblockFieldsOf } from './durable/superblock.ts';
import { StorageError } from './stableStorage.ts';
import type { KnownStarts } from './starts.ts';

/** What a replica's directory holds. */
export interface Inspection extends Pick<DirectoryReading, 'content' | 'findings'> {
  readonly starts: KnownStarts;
  /** The files that it consists of, with their lengths in bytes. */
  readonly files: Readonly<Record<string, number>>;
}

/** Files may come and go under a server that runs: what looks corrupt is read again, so often. */
const attempts = 20;

/**
 * Reads and verifies a replica's directory, and changes nothing. A server may run with it meanwhile. Rejects with a StorageError if
 * no replica has run there, or if it is in another layout.
 */
export async function inspectDirectory(directory: string): Promise<Inspection> {
  try {
    return await readWhole(directory);
  } catch (error) {
    throw asStorageError(directory, 'read', error);
  }
}

async function readWhole(directory: string): Promise<Inspection> {
  const paths = pathsIn(directory);
  const { files } = systemDisk;
  const found = await findFiles(files, paths);
  if (!exists(found))
    throw new StorageError(
      'foreign',
      `${directory} holds no data of a replica: name the directory of --data.`,
    );
  if (found.records)
    throw new StorageError(
      'other-version',
      `${directory} is in the layout of an earlier version: start its replica once with this version, which rewrites it.`,
    );
  let reading = await readDirectory(systemDisk, paths, undefined, decodeAny);
  for (let attempt = 1; attempt < attempts && reading.findings.length > 0; attempt++)
    reading = await readDirectory(systemDisk, paths, undefined, decodeAny);
  const { known, finding } = await readStarts(files, paths, isMember(reading.content.image.membership));
  const findings = finding === undefined ? reading.findings : [...reading.findings, finding];
  return { content: reading.content, findings, starts: known, files: await lengthsIn(directory) };
}

/**
 * Copies a replica's directory, of which a server may be running, to one that does not exist or is empty. Rejects with a StorageError
 * if anything in it is corrupt, or if the other one holds anything.
 */
export async function backUpDirectory(directory: string, to: string): Promise<Inspection> {
  try {
    return await copyTo(directory, to);
  } catch (error) {
    throw asStorageError(to, 'copied to', error);
  }
}

async function copyTo(directory: string, to: string): Promise<Inspection> {
  const { files } = systemDisk;
  const [from, target] = [await files.realPath(directory), await files.realPath(to)];
  if (target === from || target.startsWith(join(from, sep)))
    throw new StorageError('foreign', `${to} is within ${directory}: name a directory outside it.`);
  if (((await files.list(to)) ?? []).length > 0)
    throw new StorageError('foreign', `${to} is not empty: name a directory that does not exist yet.`);
  const inspection = await inspectDirectory(directory);
  const [finding] = inspection.findings;
  if (finding !== undefined)
    throw new StorageError(
      'corrupt',
      `${directory}: ${finding}. Nothing was copied: its server mends it when it starts.`,
    );
  const { image, superblock: copied } = inspection.content;
  await files.makeDirectory(to);
  const place = { ...systemDisk, directory: to, store: copied.store };
  const nothing = { checkpoint: undefined, files: [] };
  const checkpointFiles =
    image.checkpoint === undefined ? [] : await writeCheckpoint(place, nothing, image.checkpoint, 1);
  const superblock = { ...copied, ...superblockFieldsOf(image), firstSegment: 1, checkpointFiles };
  const paths = pathsIn(to);
  // Without the present start, which the others know, the copy is seen to be older than they are.
  const { own, peers } = inspection.starts;
  await writeStarts(files, paths, { own: own.slice(0, -1), peers });
  const copy = await replaceContent(place, paths, { image, superblock });
  await copy.journal.close();
  await copy.superblockFile.close();
  return inspection;
}

/** The service and the limits of the group are not known here: the checksums tell whether an entry is the one that was written. */
const anyService: Service = {
  initial: null,
  validate: () => undefined,
  apply: () => ({ state: null, result: null }),
};
const widest = { frameBytes: 2 ** 30 };
const withSessions = configure(1, 'durable', anyService, widest);
const withoutSessions = configure(1, 'durable', anyService, {
  ...widest,
  sessions: Number.POSITIVE_INFINITY,
});

function decodeAny(encoded: unknown): Entry | string {
  const entry = decodeEntry(withSessions, encoded);
  return typeof entry === 'string' ? decodeEntry(withoutSessions, encoded) : entry;
}

async function lengthsIn(directory: string): Promise<Readonly<Record<string, number>>> {
  const { files } = systemDisk;
  const names = ((await files.list(directory)) ?? []).filter((name) =>
    /^(log|checkpoint)-|^superblock$|^starts$/.test(name),
  );
  const lengths: Record<string, number> = {};
  for (const name of names.toSorted()) {
    const length = await files.size(join(directory, name));
    if (length !== undefined) lengths[name] = length;
  }
  return lengths;
}
