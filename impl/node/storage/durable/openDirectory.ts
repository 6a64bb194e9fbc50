import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Configuration } from '../../../replica/data/configuration.ts';
import { blankImage } from '../../../replica/data/storage.ts';
import {
  carryOut,
  commit,
  type Library,
  openLibrary,
  probe,
  type Records,
  recordsOf,
} from '../leveldb/levelDb.ts';
import { areJournalsWhole, harmsIn, salvaged } from '../leveldb/salvage.ts';
import { StorageError, wordsOf } from '../stableStorage.ts';
import { chosen } from './chooseSuperblock.ts';
import { type Found, found, moved, type Places, settle } from './directory.ts';
import { putSuperblock, superblockKey } from './keyLayout.ts';
import { imageOf } from './readImage.ts';
import { type Owner, openedSuperblock, type Superblock, summaryOf } from './superblock.ts';
import { Slots } from './superblockFile.ts';
import { type Content, type Plan, planFor, planOf } from './writePlan.ts';

/** A directory that is ready to be written. */
export interface Opening {
  readonly library: Library;
  readonly slots: Slots;
  readonly content: Content;
  readonly findings: readonly string[];
}

/** Makes the directory of a replica that never ran. It counts as one once both copies of the superblock have their names. */
export async function make(places: Places, { group, replica }: Owner): Promise<Opening> {
  const store = randomBytes(8).toString('hex');
  const first = { group, replica, store, incarnation: 1, write: 1, segments: [] };
  const plan = planFor(blankImage, { ...first, ...summaryOf(blankImage) });
  await build(places, plan);
  const slots = await Slots.open(places.newSuperblock);
  try {
    await slots.putTwice(plan.content.superblock);
    await moved(places, places.newRecords, places.records);
    await moved(places, places.newSuperblock, places.superblock);
    await settle(dirname(places.directory));
    const library = await openLibrary(places.records, false);
    return { library, slots, content: plan.content, findings: [] };
  } catch (error) {
    await slots.close();
    throw error;
  }
}

/**
 * Opens the directory of a replica that ran before. If any record in it is harmed, the library's directory is built anew from
 * what could be read, since whatever is harmed would be found again and again; the old one is kept aside until the next time.
 */
export async function reopen(places: Places, owner: Owner, configuration: Configuration): Promise<Opening> {
  const slots = await Slots.open(places.superblock);
  try {
    const copies = await slots.read(owner, places.superblock);
    const areWhole = copies.latest !== undefined || (await areRecordsWhole(places));
    const read = async (records: Records): Promise<Read> => {
      const own = await ownSuperblock(records, owner, places.records);
      const { superblock, findings } = chosen(own, copies, areWhole, places.directory);
      const reading = await imageOf(records, superblock, configuration);
      const incarnation = superblock.incarnation + 1;
      const content = { image: reading.image, superblock: { ...superblock, incarnation } };
      return { content, findings: [...findings, ...reading.findings] };
    };
    const { library, content, findings } = await carriedOn(places, read);
    try {
      await slots.putTwice(content.superblock);
    } catch (error) {
      await library.close();
      throw error;
    }
    const all = [...findings, ...copies.harms].map((finding) => `${places.directory}: ${finding}`);
    return { library, slots, content, findings: all };
  } catch (error) {
    await slots.close();
    throw error;
  }
}

/** The library itself would pass over what is harmed in a journal, without a word. */
async function areRecordsWhole({ records }: Places): Promise<boolean> {
  return (await harmsIn(records)).length === 0 && (await areJournalsWhole(records));
}

interface Read {
  readonly content: Content;
  readonly findings: readonly string[];
}

async function carriedOn(
  places: Places,
  read: (records: Records) => Promise<Read>,
): Promise<Omit<Opening, 'slots'>> {
  const tried = await tryLibrary(places, read);
  if ('library' in tried) return { ...tried, findings: [] };
  const { content, findings } = await read(await salvaged(places.records));
  const { content: rebuilt } = await rebuild(places, content);
  const library = await openLibrary(places.records, false);
  return { library, content: rebuilt, findings: [...new Set([...tried.findings, ...findings])] };
}

/** The library, with what it has, unless anything is wrong with that; it is closed then. */
async function tryLibrary(
  { records }: Places,
  read: (records: Records) => Promise<Read>,
): Promise<
  { readonly library: Library; readonly content: Content } | { readonly findings: readonly string[] }
> {
  const harms = await harmsIn(records);
  if (harms.length > 0) return { findings: harms };
  let library: Library | undefined;
  try {
    library = await openLibrary(records, false);
    await probe(library);
    const { content: before, findings } = await read(recordsOf(library));
    if (findings.length === 0) {
      const { content } = planOf(before, []);
      await commit(library, [putSuperblock(content.superblock)], { sync: true });
      return { library, content };
    }
    await library.close();
    return { findings };
  } catch (error) {
    await library?.close();
    if (error instanceof StorageError) throw error;
    if (isLocked(error))
      throw new StorageError('in-use', `${records} is in use by another process: stop that one.`, error);
    return { findings: [`the records cannot be read (${wordsOf(error)})`] };
  }
}

async function rebuild(places: Places, { image, superblock }: Content): Promise<Plan> {
  const plan = planFor(image, { ...superblock, write: superblock.write + 1 });
  await build(places, plan);
  await rm(places.harmed, { recursive: true, force: true });
  if ((await found(places)).records) await moved(places, places.records, places.harmed);
  await moved(places, places.newRecords, places.records);
  return plan;
}

async function build({ newRecords }: Places, { operations }: Plan): Promise<void> {
  const library = await openLibrary(newRecords, true);
  try {
    await carryOut(library, operations);
  } finally {
    await library.close();
  }
}

function isLocked(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
}

async function ownSuperblock(records: Records, owner: Owner, path: string): Promise<Superblock | string> {
  for await (const bytes of records.valuesOf([superblockKey]))
    if (bytes !== undefined) return openedSuperblock(superblockKey, bytes, owner, path);
  return 'it is not there';
}

/** Whether there is anything to open. */
export function isMade({ records, superblock }: Found): boolean {
  return records || superblock;
}
