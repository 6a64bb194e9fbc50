import { z } from 'zod';
import type { Configuration } from '../../../replica/data/configuration.ts';
import { Log } from '../../../replica/data/log.ts';
import type { CheckpointPart } from '../../../replica/data/messages.ts';
import type { Image } from '../../../replica/data/storage.ts';
import type { Json } from '../../../tree/json.ts';
import type { TreeEntry } from '../../../tree/node.ts';
import { Tree } from '../../../tree/tree.ts';
import { decodeEntry, decodeLeaf } from '../../encoding/logEncoding.ts';
import type { Files } from '../../platform/files.ts';
import { unwrap } from '../durable/envelope.ts';
import { assertOwner, type DirectoryOwner, superblockFields } from '../durable/superblock.ts';
import { slotBytes, slotIn } from '../durable/superblockFile.ts';
import { StorageError } from '../stableStorage.ts';
import { intactRecords, type Records } from './intactRecords.ts';

/** The layout before this one: records in LevelDB, and two slots with the second copy of the superblock. */
const formerLayout = 5;

const schema = z.strictObject({ ...superblockFields, segments: z.array(z.unknown()) });

/** What the superblock of the former layout holds. */
type FormerSuperblock = Readonly<z.infer<typeof schema>>;

/** What a directory of the former layout holds. */
export interface FormerContent {
  readonly image: Image;
  readonly superblock: FormerSuperblock;
}

/** Whether the copy of the superblock at this path is in the former layout, or missing. */
export async function isFormer(files: Files, path: string): Promise<boolean> {
  const slots = await slotsAt(files, path);
  return slots.every(({ key, body }) => {
    const found = unwrap(key, body);
    return found.corruption !== undefined && (found.otherVersion ?? formerLayout) === formerLayout;
  });
}

/**
 * Reads a directory of the former layout. It is read once, to be written in the present one, so nothing in it is mended: rejects
 * with a StorageError if anything is missing or corrupt. The version that wrote it mends it.
 */
export async function readFormer(
  files: Files,
  { records: directory, superblock: path }: { readonly records: string; readonly superblock: string },
  owner: DirectoryOwner,
  configuration: Configuration,
): Promise<FormerContent> {
  const records = await intactRecords(files, directory);
  const own = superblockIn(superblockKey, records.get(superblockKey.toString('hex')));
  const copies = (await slotsAt(files, path)).map(({ key, body }) => superblockIn(key, body));
  if (copies.every((copy) => copy === undefined))
    throw unreadable(directory, 'no copy of its superblock can be read');
  const latest = Math.max(...[own, ...copies].map((each) => each?.write ?? 0));
  if (own === undefined || own.write < latest) throw unreadable(directory, 'its last superblock is missing');
  assertOwner(own, owner, directory);
  const { viewNumber, lastNormalView, commitNumber, isCorrupt, halted, founders, generations } = own;
  const log = logIn(records, own, configuration);
  if (log.length !== own.length || log.checksum !== own.checksum)
    throw unreadable(directory, `entries ${own.base + 1} to ${own.length} are not all there`);
  const checkpoint = checkpointIn(records, own);
  if (typeof checkpoint === 'string')
    throw unreadable(directory, `the ${checkpoint} of its checkpoint is not all there`);
  const membership = { founders, generations };
  const image = { viewNumber, lastNormalView, commitNumber, isCorrupt, halted, log, checkpoint, membership };
  return { image, superblock: own };
}

const superblockKey = Buffer.of(0x73);
const kinds = { state: 0x70, table: 0x74 } as const;

function superblockIn(key: Uint8Array, bytes: Uint8Array | undefined): FormerSuperblock | undefined {
  if (bytes === undefined) return undefined;
  return schema.safeParse(contentIn(key, bytes)).data;
}

async function slotsAt(files: Files, path: string): Promise<readonly ReturnType<typeof slotIn>[]> {
  const bytes = await slotBytes(files, path);
  return [0, 1].map((slot) => slotIn(bytes, slot));
}

/** The entries in order, up to the first one that is missing or was not written for this place. */
function logIn(records: Records, superblock: FormerSuperblock, configuration: Configuration): Log {
  const { base, baseTime: time, baseChecksum: checksum, length, store } = superblock;
  let log = Log.after(base, { time, checksum });
  for (let opNumber = base + 1; opNumber <= length; opNumber++) {
    const key = Buffer.alloc(9, 0x65);
    key.writeBigUInt64BE(BigInt(opNumber), 1);
    const value = valueIn(records, key, store);
    const entry = Array.isArray(value) ? decodeEntry(configuration, value[1]) : 'it is missing';
    if (typeof entry === 'string') return log;
    log = log.append(entry);
  }
  return log;
}

function valueIn(records: Records, key: Buffer, store: string): unknown {
  const bytes = records.get(key.toString('hex'));
  return bytes === undefined ? undefined : contentIn(key, bytes, BigInt(`0x${store}`));
}

/** The wrapped value, or undefined if it is corrupt. */
function contentIn(key: Uint8Array, bytes: Uint8Array, seed?: bigint): unknown {
  const found = unwrap(key, bytes, formerLayout, seed);
  return found.corruption === undefined ? found.value : undefined;
}

/** The checkpoint, or which part of it is not all there. */
function checkpointIn(
  records: Records,
  { checkpoint, store }: FormerSuperblock,
): Image['checkpoint'] | CheckpointPart {
  if (checkpoint === null) return undefined;
  const [state, table] = [treeIn(records, 'state', store), treeIn(records, 'table', store)];
  if (state.digest !== checkpoint.state) return 'state';
  if (table.digest !== checkpoint.table) return 'table';
  return { ...checkpoint, state, table };
}

function treeIn(records: Records, part: CheckpointPart, store: string): Tree {
  const entries: TreeEntry<Json>[] = [];
  for (const [hex] of records) {
    const key = Buffer.from(hex, 'hex');
    if (key[0] !== kinds[part] || key.length !== 5) continue;
    const leaf = decodeLeaf(part, valueIn(records, key, store));
    if (typeof leaf !== 'string') entries.push(...leaf);
  }
  return Tree.empty().with(entries);
}

function unreadable(directory: string, problem: string): StorageError {
  return new StorageError(
    'other-version',
    `${directory} is in the layout of an earlier version, and ${problem}. Nothing was changed: start this replica once with that ` +
      'version, which mends what it can, and then with this one.',
  );
}
