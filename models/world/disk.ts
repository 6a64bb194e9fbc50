import type { Image, Membership, StorageRecord } from '../../impl/index.ts';
import type { Draft } from './draft.ts';

/** One replica's stable storage. */
export interface Disk {
  /** It tells this storage from the one that was lost before it. */
  readonly name: string;
  /** The durable state. */
  readonly image: Image;
  /** Records written and not yet durable, in order. A crash keeps a prefix of them, of any length. */
  readonly unsynced: readonly StorageRecord[];
  /** After a crash: the surviving records of a torn write, without its `end`. */
  readonly torn: readonly StorageRecord[];
  /** The number of the last write. */
  readonly write: number;
  /**
   * The latest checkpoint of a write that is durable, if it has taken no effect yet. It does with the next write. Only a storage that
   * writes checkpoints late has one.
   */
  readonly late: CheckpointRecord | undefined;
}

type CheckpointRecord = StorageRecord & { readonly type: 'checkpoint' };

/**
 * The disk after the first `writes` pending writes became durable, all by default; or a sentence that says
 * what is wrong with them. `isLate`: a checkpoint takes effect with the write after its own, as long as the log has its entries.
 */
export function synced(disk: Disk, writes: number | undefined, isLate: boolean): Disk | string {
  const { unsynced } = disk;
  const end = (writes === undefined ? undefined : endsOf(disk)[writes - 1]) ?? unsynced.length;
  const durable = withRecords(disk, unsynced.slice(0, end), isLate);
  if (typeof durable === 'string') return durable;
  const { name, image, torn, write, late } = durable;
  return { name, image, unsynced: unsynced.slice(end), torn, write, late };
}

/** How many whole writes are not yet durable. */
export function pendingWrites(disk: Disk): number {
  return endsOf(disk).length;
}

/** For each pending write, after how many of the unsynced records it ends. */
function endsOf({ unsynced }: Disk): readonly number[] {
  const ends: number[] = [];
  let seen = 0;
  for (const { type } of unsynced) {
    seen++;
    if (type === 'end') ends.push(seen);
  }
  return ends;
}

/**
 * The disk after a crash that kept only the first `survivors` of the unsynced records; or a sentence, as for
 * `synced`. A checkpoint that has taken no effect yet never does.
 */
export function crashed(disk: Disk, survivors: number, isLate: boolean): Disk | string {
  const left = withRecords(disk, disk.unsynced.slice(0, survivors), isLate);
  if (typeof left === 'string') return left;
  const { name, image, unsynced, torn, write } = left;
  return { name, image, unsynced, torn, write, late: undefined };
}

/**
 * The disk after a corruption of which the first `readable` entries survive. The checkpoint stands before the
 * entries: if they do not reach its op-number, it is lost too. A torn write after them is always lost.
 */
export function corrupted(disk: Disk, readable: number, blank: Image): Disk {
  const { name, image, unsynced, write } = disk;
  const isKept = readable >= (image.checkpoint?.opNumber ?? 0);
  // The records that the crash kept may have replaced the log by a shorter one.
  const log = isKept ? image.log.prefix(Math.min(readable, image.log.length)) : blank.log;
  const left = copyOf(image);
  left.log = log;
  left.commitNumber = isKept ? Math.min(image.commitNumber, log.length) : blank.commitNumber;
  if (!isKept) left.checkpoint = blank.checkpoint;
  left.isCorrupt = true;
  return { name, image: left, unsynced, torn: [], write, late: undefined };
}

/**
 * The disk after all of its contents were lost: a new one, named after the replica and the restarts before. It counts
 * restarts anew, as a new directory does. As the operator of the group sees it, the replica may have run.
 */
export function emptied({ name }: Disk, blank: Image, restarts: number): Disk {
  const [replica] = name.split('.');
  return { name: `${replica}.${restarts}`, image: blank, unsynced: [], torn: [], write: 0, late: undefined };
}

/** Which restart of its machine an incarnation, or a nonce that begins with one, is of. */
export function restartOf(incarnation: string): number {
  const [name = '', restart = ''] = incarnation.split('/');
  return restartsBefore(name) + Number.parseInt(restart, 10);
}

/** The restarts of a machine before it got the disk of this name. */
export function restartsBefore(name: string): number {
  const [, restarts = 0] = name.split('.').map(Number);
  return restarts;
}

/** The disk of a member of the group from its beginning. */
export function foundedOn({ name, image, unsynced, torn, write, late }: Disk, membership: Membership): Disk {
  const founded = copyOf(image);
  founded.membership = membership;
  return { name, image: founded, unsynced, torn, write, late };
}

/** Whether all contents were ever lost. */
function wasEmptied({ name }: Disk): boolean {
  return name.includes('.');
}

/** Whether all contents were lost, and the replica has not recovered them since. */
export function isEmptied(disk: Disk): boolean {
  return wasEmptied(disk) && disk.image.membership.founders.length === 0;
}

/**
 * The disk after whole writes. It applies records by itself, because the implementation's own code for that
 * is under test.
 */
function withRecords(disk: Disk, records: readonly StorageRecord[], isLate: boolean): Disk | string {
  const { name, image, write } = disk;
  let complete = image;
  let candidate = copyOf(image);
  let torn: StorageRecord[] = [];
  let { late } = disk;
  let next: CheckpointRecord | undefined;
  for (const record of records) {
    torn.push(record);
    if (record.type === 'entries') {
      const { suffix } = record;
      if (suffix.after > candidate.log.length)
        return `a write leaves a gap after entry ${candidate.log.length}`;
      candidate.log = suffix.onto(candidate.log);
      candidate.isCorrupt = false;
    } else if (record.type === 'checkpoint') {
      const { checkpoint, base } = record;
      if (base > checkpoint.opNumber)
        return `a write drops entries up to ${base}, and its checkpoint stands for ${checkpoint.opNumber}`;
      const waits = isLate && isDispensable(candidate, record);
      next = waits ? record : undefined;
      if (!waits) {
        late = undefined;
        takeUp(candidate, record);
      }
    } else if (record.type === 'halt') {
      candidate.halted = record.halted;
    } else if (record.type === 'viewRecord') {
      candidate.viewNumber = record.viewNumber;
      candidate.lastNormalView = record.lastNormalView;
      candidate.commitNumber = record.commitNumber;
    } else if (record.type === 'membership') {
      candidate.membership = record.membership;
    } else {
      if (late !== undefined && isDispensable(candidate, late)) takeUp(candidate, late);
      [late, next] = [next, undefined];
      complete = candidate;
      candidate = copyOf(complete);
      torn = [];
    }
  }
  return { name, image: complete, unsynced: [], torn, write, late };
}

/** Whether the log has all entries for which the checkpoint stands, so that it may be written later. */
function isDispensable(
  { log }: Draft<Image>,
  { checkpoint: { opNumber, checksum } }: CheckpointRecord,
): boolean {
  return opNumber > log.base && opNumber <= log.length && !log.differsAt(opNumber, checksum);
}

function takeUp(image: Draft<Image>, { checkpoint, base }: CheckpointRecord): void {
  // Where the checkpoint was fetched, the entries before it may be others than those for which it stands.
  const end = base === checkpoint.opNumber ? checkpoint : undefined;
  image.checkpoint = checkpoint;
  image.log = image.log.compacted(base, end);
}

/** A copy, to change before it is used. This literal gives all images one hidden class, and a spread would not. */
function copyOf(image: Image): Draft<Image> {
  return {
    viewNumber: image.viewNumber,
    lastNormalView: image.lastNormalView,
    commitNumber: image.commitNumber,
    log: image.log,
    checkpoint: image.checkpoint,
    isCorrupt: image.isCorrupt,
    halted: image.halted,
    membership: image.membership,
  };
}
