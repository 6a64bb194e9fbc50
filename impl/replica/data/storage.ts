import { type Checkpoint, endAt, type Halt } from './checkpoint.ts';
import { Log, type LogSuffix } from './log.ts';
import { type Membership, noMembership } from './membership.ts';

/** The contents of a replica's stable storage: what other processes may rely on, and a crash must not undo. */
export interface Image {
  readonly viewNumber: number;
  /** Zero in diskless mode, which stores the view-number and checkpoints only. */
  readonly lastNormalView: number;
  readonly commitNumber: number;
  readonly log: Log;
  /** The latest checkpoint. It stands for the entries before the log's base. */
  readonly checkpoint: Checkpoint | undefined;
  /**
   * Whether entries may be missing that storage once held. The code that reads storage finds that out by checksums.
   * It keeps only the entries that follow the checkpoint without a gap. View-numbers and the commit-number are stored
   * twice, so that no single corruption loses them. The next entries that are written end the corruption: a replica
   * writes none until it has recovered what it lacks.
   */
  readonly isCorrupt: boolean;
  /** Set once the replica has stopped for good. It is never unset. */
  readonly halted: Halt | undefined;
  readonly membership: Membership;
}

/**
 * A record of stable storage. Records become durable one by one, in the order in which they were written, and a crash
 * may keep any number of them. All records up to an `end` take effect together, or none of them does.
 */
export type StorageRecord =
  /** These entries replace all entries after `suffix.after`. */
  | { readonly type: 'entries'; readonly suffix: LogSuffix }
  /** The latest checkpoint. The log begins after entry `base`. */
  | { readonly type: 'checkpoint'; readonly checkpoint: Checkpoint; readonly base: number }
  /** The view, and the numbers that go with it. */
  | {
      readonly type: 'viewRecord';
      readonly viewNumber: number;
      readonly lastNormalView: number;
      readonly commitNumber: number;
    }
  /** The replica has stopped for good. */
  | { readonly type: 'halt'; readonly halted: Halt }
  | { readonly type: 'membership'; readonly membership: Membership }
  | { readonly type: 'end'; readonly write: number };

/**
 * What a restarted replica finds: a complete image, and the records that survived after it. There are none if the
 * image is corrupt.
 */
export interface Stored {
  readonly image: Image;
  readonly records: readonly StorageRecord[];
}

/** The image of a replica that has never run, or whose storage was lost whole. */
export const blankImage: Image = {
  viewNumber: 0,
  lastNormalView: 0,
  commitNumber: 0,
  log: Log.empty,
  checkpoint: undefined,
  isCorrupt: false,
  halted: undefined,
  membership: noMembership,
};

/**
 * The image after the records. Records after the last `end` belong to a write that a crash interrupted. No message
 * that depends on them has left, so they are ignored.
 */
export function readBack(image: Image, records: readonly StorageRecord[]): Image {
  let complete = image;
  let candidate = image;
  for (const record of records) {
    switch (record.type) {
      case 'entries':
        candidate = { ...candidate, log: record.suffix.onto(candidate.log), isCorrupt: false };
        break;
      case 'checkpoint': {
        const { checkpoint, base } = record;
        candidate = { ...candidate, checkpoint, log: candidate.log.compacted(base, endAt(base, checkpoint)) };
        break;
      }
      case 'viewRecord': {
        const { viewNumber, lastNormalView, commitNumber } = record;
        candidate = { ...candidate, viewNumber, lastNormalView, commitNumber };
        break;
      }
      case 'halt':
        candidate = { ...candidate, halted: record.halted };
        break;
      case 'membership':
        candidate = { ...candidate, membership: record.membership };
        break;
      case 'end':
        complete = candidate;
        break;
    }
  }
  return complete;
}
