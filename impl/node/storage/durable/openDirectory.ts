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
import { decodeSuperblock, type Owner, type Superblock, superblockFieldsOf } from './superblock.ts';
import { SuperblockFile } from './superblockFile.ts';
import { planRebuild, planWrite, type StoredContent, type WritePlan } from './writePlan.ts';

/** A directory that is ready to be written. */
export interface OpenDirectory {
  readonly levelDb: LevelDb;
  readonly superblockFile: SuperblockFile;
  readonly content: StoredContent;
  readonly findings: readonly string[];
}

/** Makes the directory of a replica that never ran. It counts as one once both copies of the superblock have their names. */
export async function createDirectory(
  places: DirectoryPaths,
  { group, replica }: Owner,
): Promise<OpenDirectory> {
  const store = randomBytes(8).toString('hex');
  const first = { group, replica, store, incarnation: 1, write: 1, segments: [] };
  const plan = planRebuild(blankImage, { ...first, ...superblockFieldsOf(blankImage) });
  await build(places, plan);
  const superblockFile = await SuperblockFile.open(places.newSuperblock);
  try {
    await superblockFile.writeBoth(plan.content.superblock);
    await moveDurably(places, places.newRecords, places.records);
    await moveDurably(places, places.newSuperblock, places.superblock);
    await syncDirectory(dirname(places.directory));
    const levelDb = await openLevelDb(places.records, false);
    return { levelDb, superblockFile, content: plan.content, findings: [] };
  } catch (error) {
    await superblockFile.close();
    throw error;
  }
}

/**
 * Opens the directory of a replica that ran before. If any record in it is harmed, the levelDb's directory is built anew from
 * what could be read, since whatever is harmed would be found again and again; the old one is kept aside until the next time.
 */
export async function reopenDirectory(
  places: DirectoryPaths,
  owner: Owner,
  configuration: Configuration,
): Promise<OpenDirectory> {
  const superblockFile = await SuperblockFile.open(places.superblock);
  try {
    const copies = await superblockFile.read(owner, places.superblock);
    const areWhole = copies.latest !== undefined || (await areRecordsWhole(places));
    const read = async (records: Records): Promise<Read> => {
      const own = await ownSuperblock(records, owner, places.records);
      const { superblock, findings } = chooseSuperblock(own, copies, areWhole, places.directory);
      const reading = await readImage(records, superblock, configuration);
      const incarnation = superblock.incarnation + 1;
      const content = { image: reading.image, superblock: { ...superblock, incarnation } };
      return { content, findings: [...findings, ...reading.findings] };
    };
    const { levelDb, content, findings } = await carriedOn(places, read);
    try {
      await superblockFile.writeBoth(content.superblock);
    } catch (error) {
      await levelDb.close();
      throw error;
    }
    const all = [...findings, ...copies.corruptions].map((finding) => `${places.directory}: ${finding}`);
    return { levelDb, superblockFile, content, findings: all };
  } catch (error) {
    await superblockFile.close();
    throw error;
  }
}

/** The levelDb itself would pass over what is harmed in a journal, without a word. */
async function areRecordsWhole({ records }: DirectoryPaths): Promise<boolean> {
  return (await corruptTables(records)).length === 0 && (await areJournalsIntact(records));
}

interface Read {
  readonly content: StoredContent;
  readonly findings: readonly string[];
}

async function carriedOn(
  places: DirectoryPaths,
  read: (records: Records) => Promise<Read>,
): Promise<Omit<OpenDirectory, 'superblockFile'>> {
  const tried = await tryLevelDb(places, read);
  if ('levelDb' in tried) return { ...tried, findings: [] };
  const { content, findings } = await read(await intactRecords(places.records));
  const { content: rebuilt } = await rebuild(places, content);
  const levelDb = await openLevelDb(places.records, false);
  return { levelDb, content: rebuilt, findings: [...new Set([...tried.findings, ...findings])] };
}

/** The levelDb, with what it has, unless anything is wrong with that; it is closed then. */
async function tryLevelDb(
  { records }: DirectoryPaths,
  read: (records: Records) => Promise<Read>,
): Promise<
  { readonly levelDb: LevelDb; readonly content: StoredContent } | { readonly findings: readonly string[] }
> {
  const harms = await corruptTables(records);
  if (harms.length > 0) return { findings: harms };
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

async function rebuild(places: DirectoryPaths, { image, superblock }: StoredContent): Promise<WritePlan> {
  const plan = planRebuild(image, { ...superblock, write: superblock.write + 1 });
  await build(places, plan);
  await rm(places.corrupt, { recursive: true, force: true });
  if ((await findCopies(places)).records) await moveDurably(places, places.records, places.corrupt);
  await moveDurably(places, places.newRecords, places.records);
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

async function ownSuperblock(records: Records, owner: Owner, path: string): Promise<Superblock | string> {
  for await (const bytes of records.valuesOf([superblockKey]))
    if (bytes !== undefined) return decodeSuperblock(superblockKey, bytes, owner, path);
  return 'it is not there';
}

/** Whether there is anything to open. */
export function exists({ records, superblock }: FoundCopies): boolean {
  return records || superblock;
}
