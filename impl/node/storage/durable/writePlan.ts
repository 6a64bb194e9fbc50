import type { Checkpoint } from '../../../replica/data/checkpoint.ts';
import type { Log } from '../../../replica/data/log.ts';
import { type Image, readBack, type StorageRecord } from '../../../replica/data/storage.ts';
import type { StoredContent } from './readDirectory.ts';
import { type Superblock, superblockFieldsOf } from './superblock.ts';

/** A checkpoint to be stored, and the base of the log once it is. */
export type CheckpointRecord = Extract<StorageRecord, { readonly type: 'checkpoint' }>;

/** What a write makes of the content of the disk. */
export interface WritePlan {
  readonly image: Image;
  readonly superblock: Superblock;
  /** The entries of the log after this one must be written; undefined if none must. */
  readonly after: number | undefined;
  /** A checkpoint that is not part of it yet, because the log still has all entries for which it stands. */
  readonly deferred: CheckpointRecord | undefined;
}

/**
 * Plans one or more writes as one. A replica's own checkpoint is deferred until its files are written, so that other writes need
 * not wait for them: until then the log keeps its entries. `written`: one whose files are. Throws a RangeError if the records leave
 * a gap in the log.
 */
export function planWrite(
  { image, superblock }: StoredContent,
  records: readonly StorageRecord[],
  written: CheckpointRecord | undefined,
): WritePlan {
  let next = written === undefined ? image : withRecord(image, written);
  let deferred: CheckpointRecord | undefined;
  for (const record of records) {
    if (record.type === 'checkpoint') {
      const isDeferred = hasAll(next.log, record.checkpoint);
      deferred = isDeferred ? record : undefined;
      if (isDeferred) continue;
    }
    next = withRecord(next, record);
  }
  const after = firstChanged(records, next.log);
  const write = superblock.write + 1;
  return { image: next, superblock: { ...superblock, ...superblockFieldsOf(next), write }, after, deferred };
}

/** Whether the log has all entries for which the checkpoint stands, or has dropped some of them for an earlier one. */
export function hasAll(log: Log, { opNumber, checksum }: Checkpoint): boolean {
  return opNumber > log.base && opNumber <= log.length && !log.differsAt(opNumber, checksum);
}

function withRecord(image: Image, record: StorageRecord): Image {
  return readBack(image, [record, { type: 'end', write: 0 }]);
}

function firstChanged(records: readonly StorageRecord[], { base }: Log): number | undefined {
  const firsts = records.flatMap((record) => (record.type === 'entries' ? [record.suffix.after] : []));
  return firsts.length === 0 ? undefined : Math.max(Math.min(...firsts), base);
}
