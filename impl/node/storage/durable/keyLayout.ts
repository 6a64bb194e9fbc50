import { type Entry, encodeEntry } from '../../../replica/data/entry.ts';
import type { CheckpointPart } from '../../../replica/data/messages.ts';
import type { Json } from '../../../tree/json.ts';
import type { Leaf } from '../../../tree/node.ts';
import type { BatchOperation, KeyRange } from '../leveldb/levelDb.ts';
import { wrap } from './envelope.ts';
import { encodeSuperblock, type Superblock } from './superblock.ts';

/** The first byte of a key: the kind of its record. */
const kinds = { superblock: 0x73, entry: 0x65, state: 0x70, table: 0x74 } as const;

/** The key of the superblock among the records. */
export const superblockKey: Uint8Array = Buffer.of(kinds.superblock);

/** The key of the entry with this op-number. */
export function entryKey(opNumber: number): Uint8Array {
  const key = Buffer.alloc(9);
  key[0] = kinds.entry;
  key.writeBigUInt64BE(BigInt(opNumber), 1);
  return key;
}

/** The key of a checkpoint's leaf, by the hash that its names share. */
export function leafKey(part: CheckpointPart, hash: number): Uint8Array {
  const key = Buffer.alloc(5);
  key[0] = kinds[part];
  key.writeInt32BE(hash, 1);
  return key;
}

/** The range of the keys of one part of the checkpoint. */
export function leavesOf(part: CheckpointPart): KeyRange {
  return { gte: Buffer.of(kinds[part]), lt: Buffer.of(kinds[part] + 1) };
}

/** Replaces the superblock. */
export function putSuperblock(superblock: Superblock): BatchOperation {
  return { type: 'put', key: superblockKey, value: encodeSuperblock(superblockKey, superblock) };
}

/** Puts an entry, with the number of the write that does so. */
export function putEntry(opNumber: number, entry: Entry, { write, store }: Superblock): BatchOperation {
  const key = entryKey(opNumber);
  return { type: 'put', key, value: wrap(key, JSON.stringify([write, encodeEntry(entry)]), seedOf(store)) };
}

/** Puts a leaf of the checkpoint; deletes it if it is undefined. */
export function putLeaf(
  part: CheckpointPart,
  hash: number,
  leaf: Leaf<Json> | undefined,
  { store }: Superblock,
): BatchOperation {
  const key = leafKey(part, hash);
  if (leaf === undefined) return { type: 'del', key };
  return { type: 'put', key, value: wrap(key, JSON.stringify([...leaf.entries()]), seedOf(store)) };
}

/** The seed of a directory's checksums. */
export function seedOf(store: string): bigint {
  return BigInt(`0x${store}`);
}
