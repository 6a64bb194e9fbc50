import { Log } from '../../../replica/data/log.ts';
import { type Image, readBack, type StorageRecord } from '../../../replica/data/storage.ts';
import { changesBetween } from '../../../tree/changes.ts';
import { Tree } from '../../../tree/tree.ts';
import type { BatchOperation } from '../leveldb/levelDb.ts';
import { entryKey, putEntry, putLeaf, putSuperblock } from './keyLayout.ts';
import { compactTo, maxSegments, replaceAfter, type Segments } from './segments.ts';
import { type Superblock, superblockFieldsOf } from './superblock.ts';

/** The content of the disk. */
export interface StoredContent {
  readonly image: Image;
  readonly superblock: Superblock;
}

/** The content of the disk after a write, and the operations that lead to it. */
export interface WritePlan {
  readonly content: StoredContent;
  readonly operations: Iterable<BatchOperation>;
}

/** Plans one or more writes as one batch. Throws a RangeError if they leave a gap in the log. */
export function planWrite(
  { image, superblock }: StoredContent,
  records: readonly StorageRecord[],
): WritePlan {
  const next = readBack(image, records);
  const write = superblock.write + 1;
  const firsts = records.flatMap((record) => (record.type === 'entries' ? [record.suffix.after] : []));
  const [segments, after] = rewritten(superblock.segments, image.log, next.log, Math.min(...firsts), write);
  const content = {
    image: next,
    superblock: { ...superblock, ...superblockFieldsOf(next), write, segments },
  };
  return { content, operations: operationsFor(image, content, after) };
}

/**
 * The new segments, and the entry after which all entries must be written. Entries appended at the end need no new segment,
 * because no older entry was written under their numbers since the last segment began.
 */
function rewritten(
  segments: Segments,
  old: Log,
  { base }: Log,
  after: number,
  write: number,
): [Segments, number] {
  if (after === Number.POSITIVE_INFINITY) return [compactTo(segments, base), after];
  const from = Math.max(after, base);
  const later = compactTo(from < old.length ? replaceAfter(segments, from, write) : segments, base);
  return later.length <= maxSegments ? [later, from] : [replaceAfter([], base, write), base];
}

function* operationsFor(
  old: Image,
  { image, superblock }: StoredContent,
  after: number,
): Generator<BatchOperation> {
  const { log, checkpoint } = image;
  if (checkpoint !== undefined && checkpoint !== old.checkpoint) {
    for (const part of ['state', 'table'] as const) {
      const changes = changesBetween(old.checkpoint?.[part] ?? Tree.empty(), checkpoint[part]);
      for (const [hash, leaf] of changes) yield putLeaf(part, hash, leaf, superblock);
    }
  }
  // Dropped entries are deleted, so that a missing entry reveals a lost superblock.
  yield* deletions(old.log.base, Math.min(log.base, old.log.length));
  yield* deletions(Math.max(log.base, log.length), old.log.length);
  if (after < log.length) {
    let opNumber = after;
    for (const entry of log.entriesAfter(after)) yield putEntry(++opNumber, entry, superblock);
  }
  yield putSuperblock(superblock);
}

function* deletions(after: number, last: number): Generator<BatchOperation> {
  for (let opNumber = after + 1; opNumber <= last; opNumber++) yield { type: 'del', key: entryKey(opNumber) };
}

/** Plans all that an empty directory needs to hold this image. */
export function planRebuild(image: Image, superblock: Superblock): WritePlan {
  const { base } = image.log;
  const segments = replaceAfter([], base, superblock.write);
  const content = { image, superblock: { ...superblock, ...superblockFieldsOf(image), segments } };
  const nothing = { ...image, log: Log.empty, checkpoint: undefined };
  return { content, operations: operationsFor(nothing, content, base) };
}
