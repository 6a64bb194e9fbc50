import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Configuration } from '../../../replica/data/configuration.ts';
import { blankImage } from '../../../replica/data/storage.ts';
import { areJournalsIntact, corruptTables, intactRecords } from '../leveldb/intactRecords.ts';
import {
  commit,
  commitInBatches,
  type LevelDb,
  openLevelDb,
  type Records,
  readAllKeys,
  recordsIn,
} from '../leveldb/levelDb.ts';
import { describeError, StorageError } from '../stableStorage.ts';
import { chooseSuperblock } from './chooseSuperblock.ts';
import {
  type DirectoryPaths,
  type FoundCopies,
  findCopies,
  moveDurably,
  syncDirectory,
} from './directory.ts';
import { putSuperblock, superblockKey } from './keyLayout.ts';
import { readImage } from './readImage.ts';
import { type DirectoryOwner, decodeSuperblock, type Superblock, superblockFieldsOf } from './superblock.ts';
import { SuperblockFile } from './superblockFile.ts';
import { planRebuild, planWrite, type StoredContent, type WritePlan } from './writePlan.ts';

/** A directory that is open for writing. */
export interface OpenDirectory {
  readonly levelDb: LevelDb;
  readonly superblockFile: SuperblockFile;
  readonly content: StoredContent;
  readonly findings: readonly string[];
}

/** Creates the directory of a replica that never ran. The replica counts as one that ran once both superblock copies exist. */
export async function createDirectory(
  paths: DirectoryPaths,
  { group, replica }: DirectoryOwner,
): Promise<OpenDirectory> {
  const store = randomBytes(8).toString('hex');
  const first = { group, replica, store, incarnation: 1, write: 1, segments: [] };
  const plan = planRebuild(blankImage, { ...first, ...superblockFieldsOf(blankImage) });
  await build(paths, plan);
  const superblockFile = await SuperblockFile.open(paths.newSuperblock);
  try {
    await superblockFile.writeBoth(plan.content.superblock);
    await moveDurably(paths, paths.newRecords, paths.records);
    await moveDurably(paths, paths.newSuperblock, paths.superblock);
    await syncDirectory(dirname(paths.directory));
    const levelDb = await openLevelDb(paths.records, false);
    return { levelDb, superblockFile, content: plan.content, findings: [] };
  } catch (error) {
    await superblockFile.close();
    throw error;
  }
}

/**
 * Opens the directory of a replica that ran before. If any record is corrupt, LevelDB's directory is rebuilt from what can
 * be read, because LevelDB would fail on the corruption again. The old directory is kept until the next rebuild.
 */
export async function reopenDirectory(
  paths: DirectoryPaths,
  owner: DirectoryOwner,
  configuration: Configuration,
): Promise<OpenDirectory> {
  const superblockFile = await SuperblockFile.open(paths.superblock);
  try {
    const copies = await superblockFile.read(owner, paths.superblock);
    const areWhole = copies.latest !== undefined || (await areRecordsWhole(paths));
    const read = async (records: Records): Promise<Read> => {
      const own = await ownSuperblock(records, owner, paths.records);
      const { superblock, findings } = chooseSuperblock(own, copies, areWhole, paths.directory);
      const reading = await readImage(records, superblock, configuration);
      const incarnation = superblock.incarnation + 1;
      const content = { image: reading.image, superblock: { ...superblock, incarnation } };
      return { content, findings: [...findings, ...reading.findings] };
    };
    const { levelDb, content, findings } = await openOrRebuild(paths, read);
    try {
      await superblockFile.writeBoth(content.superblock);
    } catch (error) {
      await levelDb.close();
      throw error;
    }
    const all = [...findings, ...copies.corruptions].map((finding) => `${paths.directory}: ${finding}`);
    return { levelDb, superblockFile, content, findings: all };
  } catch (error) {
    await superblockFile.close();
    throw error;
  }
}

/** LevelDB itself skips corruption in a journal without reporting it. */
async function areRecordsWhole({ records }: DirectoryPaths): Promise<boolean> {
  return (await corruptTables(records)).length === 0 && (await areJournalsIntact(records));
}

interface Read {
  readonly content: StoredContent;
  readonly findings: readonly string[];
}

async function openOrRebuild(
  paths: DirectoryPaths,
  read: (records: Records) => Promise<Read>,
): Promise<Omit<OpenDirectory, 'superblockFile'>> {
  const tried = await tryLevelDb(paths, read);
  if ('levelDb' in tried) return { ...tried, findings: [] };
  const { content, findings } = await read(await intactRecords(paths.records));
  const { content: rebuilt } = await rebuild(paths, content);
  const levelDb = await openLevelDb(paths.records, false);
  return { levelDb, content: rebuilt, findings: [...new Set([...tried.findings, ...findings])] };
}

/** Opens LevelDB and reads the image; if any corruption is found, closes it and yields the findings. */
async function tryLevelDb(
  { records }: DirectoryPaths,
  read: (records: Records) => Promise<Read>,
): Promise<
  { readonly levelDb: LevelDb; readonly content: StoredContent } | { readonly findings: readonly string[] }
> {
  const corruptions = await corruptTables(records);
  if (corruptions.length > 0) return { findings: corruptions };
  let levelDb: LevelDb | undefined;
  try {
    levelDb = await openLevelDb(records, false);
    await readAllKeys(levelDb);
    const { content: before, findings } = await read(recordsIn(levelDb));
    if (findings.length === 0) {
      const { content } = planWrite(before, []);
      await commit(levelDb, [putSuperblock(content.superblock)], { sync: true });
      return { levelDb, content };
    }
    await levelDb.close();
    return { findings };
  } catch (error) {
    await levelDb?.close();
    if (error instanceof StorageError) throw error;
    if (isLocked(error))
      throw new StorageError('in-use', `${records} is in use by another process: stop that one.`, error);
    return { findings: [`the records cannot be read (${describeError(error)})`] };
  }
}

async function rebuild(paths: DirectoryPaths, { image, superblock }: StoredContent): Promise<WritePlan> {
  const plan = planRebuild(image, { ...superblock, write: superblock.write + 1 });
  await build(paths, plan);
  await rm(paths.corrupt, { recursive: true, force: true });
  if ((await findCopies(paths)).records) await moveDurably(paths, paths.records, paths.corrupt);
  await moveDurably(paths, paths.newRecords, paths.records);
  return plan;
}

async function build({ newRecords }: DirectoryPaths, { operations }: WritePlan): Promise<void> {
  const levelDb = await openLevelDb(newRecords, true);
  try {
    await commitInBatches(levelDb, operations);
  } finally {
    await levelDb.close();
  }
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
}

async function ownSuperblock(
  records: Records,
  owner: DirectoryOwner,
  path: string,
): Promise<Superblock | string> {
  for await (const bytes of records.valuesOf([superblockKey]))
    if (bytes !== undefined) return decodeSuperblock(superblockKey, bytes, owner, path);
  return 'it is missing';
}

/** Whether any copy of the superblock exists, so that the replica may have run. */
export function exists({ records, superblock }: FoundCopies): boolean {
  return records || superblock;
}
