import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { Configuration } from '../../replica/configuration.ts';
import { blankImage } from '../../replica/storage.ts';
import { type Found, found, moved, type Places } from './folder.ts';
import { putSuperblock, superblockKey } from './layout.ts';
import { carryOut, type Library, openLibrary, type Records, recordsOf } from './library.ts';
import { type Content, type Plan, planFor, planOf } from './planning.ts';
import { imageOf } from './reading.ts';
import { harmsIn, salvaged } from './salvage.ts';
import { type Copies, Slots } from './slots.ts';
import { StorageError, wordsOf } from './storage.ts';
import { type Owner, openedSuperblock, type Superblock, summaryOf } from './superblock.ts';

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
  let library: Library | undefined;
  try {
    const copies = await slots.read(owner, places.superblock);
    const tried = await tryLibrary(places);
    library = tried.library;
    const records = library === undefined ? await salvaged(places.records) : recordsOf(library);
    const chosen = choose(await ownSuperblock(records, owner, places.records), copies, places);
    const reading = await imageOf(records, chosen.superblock, configuration);
    const harms = [...tried.findings, ...chosen.findings, ...reading.findings];
    const incarnation = chosen.superblock.incarnation + 1;
    const before = { image: reading.image, superblock: { ...chosen.superblock, incarnation } };
    const { content } = harms.length > 0 ? await rebuild(places, library, before) : planOf(before, []);
    if (harms.length > 0) library = await openLibrary(places.records, false);
    if (library === undefined) throw new Error('There is no library.');
    await library.batch([putSuperblock(content.superblock)], { sync: true });
    await slots.putTwice(content.superblock);
    const findings = [...harms, ...copies.harms].map((harm) => `${places.directory}: ${harm}`);
    return { library, slots, content, findings };
  } catch (error) {
    await library?.close();
    await slots.close();
    throw error;
  }
}

async function rebuild(places: Places, library: Library | undefined, before: Content): Promise<Plan> {
  await library?.close();
  const { image, superblock } = before;
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

interface Tried {
  readonly library: Library | undefined;
  readonly findings: readonly string[];
}

/** The library, unless its own files are harmed. */
async function tryLibrary({ records }: Places): Promise<Tried> {
  const findings = await harmsIn(records);
  if (findings.length > 0) return { library: undefined, findings };
  try {
    return { library: await openLibrary(records, false), findings };
  } catch (error) {
    if (isLocked(error))
      throw new StorageError('in-use', `${records} is in use by another process: stop that one.`, error);
    return { library: undefined, findings: [`the records cannot be opened (${wordsOf(error)})`] };
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

/**
 * Which superblock counts: the library's own, unless it is harmed or the copy is later. Then the library has lost its last
 * writes, and nobody knows how many followed that of the copy: the log is damaged. The views of these were on the disk twice,
 * and both slots of the copy name them; if one of those is harmed too, it may have named a later view than the other.
 */
function choose(own: Superblock | string, { latest, harms }: Copies, places: Places): Chosen {
  const isBehind = typeof own !== 'string' && latest !== undefined && own.write < latest.write;
  if (typeof own !== 'string' && !isBehind) return { superblock: own, findings: [] };
  const finding =
    typeof own === 'string'
      ? `the superblock among the records: ${own}`
      : `the records end with write ${own.write}, and write ${latest?.write} was durable`;
  if (latest === undefined || harms.length > 0)
    throw new StorageError(
      'harmed',
      `${places.directory}: ${[finding, ...harms].join('; ')}. What this replica promised is lost: it may only come back as ` +
        'a new member of the group, or with a directory whose both copies are intact.',
    );
  return { superblock: { ...latest, isDamaged: true }, findings: [finding] };
}

interface Chosen {
  readonly superblock: Superblock;
  readonly findings: readonly string[];
}

/** Whether there is anything to open. */
export function isMade({ records, superblock }: Found): boolean {
  return records || superblock;
}
