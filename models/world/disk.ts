import type { Image, StorageRecord } from '../../impl/index.ts';

/** One replica's stable storage. */
export interface Disk {
  /** What is durable. */
  readonly image: Image;
  /** Records written but not yet durable, in order: a crash keeps any number of the first of them. */
  readonly unsynced: readonly StorageRecord[];
  /** After a crash: the records that survived of a write that it interrupted. They end with no `end`. */
  readonly torn: readonly StorageRecord[];
  /** The number of the last write. */
  readonly write: number;
}

/** The first `writes` writes become durable, or all of them. Yields a sentence if the records make no sense. */
export function synced(disk: Disk, writes = Infinity): Disk | string {
  const end = endsOf(disk)[writes - 1] ?? disk.unsynced.length;
  const durable = withRecords(disk, disk.unsynced.slice(0, end));
  return typeof durable === 'string' ? durable : { ...durable, unsynced: disk.unsynced.slice(end) };
}

/** How many whole writes are not durable yet. */
export function pendingWrites(disk: Disk): number {
  return endsOf(disk).length;
}

/** After how many of the records each write ends that is not durable yet. */
function endsOf({ unsynced }: Disk): readonly number[] {
  return unsynced.flatMap(({ type }, index) => (type === 'end' ? [index + 1] : []));
}

/** The disk after a crash that kept only the first `survivors` records of those not yet durable. */
export function crashed(disk: Disk, survivors: number): Disk | string {
  return withRecords(disk, disk.unsynced.slice(0, survivors));
}

/**
 * The disk of which only the first `readable` entries can be read any more. The checkpoint lies before them: where they do
 * not reach it, it cannot be read either, and nothing can. Nor can what a crash left of a write that follows.
 */
export function corrupted(disk: Disk, readable: number, blank: Image): Disk {
  const { image } = disk;
  const { viewNumber, lastNormalView } = image;
  const isKept = readable >= (image.checkpoint?.opNumber ?? 0);
  // The records that a crash kept may have put a shorter log in place of the one that was there.
  const log = isKept ? image.log.prefix(Math.min(readable, image.log.length)) : blank.log;
  const left = isKept
    ? { ...image, log, commitNumber: Math.min(image.commitNumber, log.length) }
    : { ...blank, viewNumber, lastNormalView };
  return { ...disk, torn: [], image: { ...left, isCorrupt: true } };
}

/** Takes in whole writes only. It reads records by itself: the implementation's own reading of them is on run. */
function withRecords({ image, write }: Disk, records: readonly StorageRecord[]): Disk | string {
  let complete = image;
  let candidate = image;
  let torn: StorageRecord[] = [];
  for (const record of records) {
    torn.push(record);
    if (record.type === 'entries') {
      const { suffix } = record;
      if (suffix.after > candidate.log.length)
        return `a write leaves a gap after entry ${candidate.log.length}`;
      candidate = { ...candidate, log: suffix.onto(candidate.log), isCorrupt: false };
    } else if (record.type === 'checkpoint') {
      const { checkpoint, base } = record;
      if (base > checkpoint.opNumber)
        return `a write drops entries up to ${base}, and its checkpoint stands for ${checkpoint.opNumber}`;
      candidate = { ...candidate, checkpoint, log: candidate.log.compacted(base, checkpoint.time) };
    } else if (record.type === 'viewRecord') {
      const { viewNumber, lastNormalView, commitNumber } = record;
      candidate = { ...candidate, viewNumber, lastNormalView, commitNumber };
    } else {
      complete = candidate;
      torn = [];
    }
  }
  return { image: complete, unsynced: [], torn, write };
}
