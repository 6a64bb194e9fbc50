import type { Checkpoint } from './checkpoint.ts';
import { Log, type LogSuffix } from './log.ts';

/** What stable storage holds of a replica: what it promised, and cannot take back by crashing. */
export interface Image {
  readonly viewNumber: number;
  /** Zero in diskless mode, which stores the view number alone. */
  readonly lastNormalView: number;
  readonly commitNumber: number;
  readonly log: Log;
  /** The latest checkpoint. Entries before the log's base are gone: it stands for them. */
  readonly checkpoint: Checkpoint | undefined;
  /**
   * Whether the log may have had more entries, of which no trace can be read any more. Whoever reads storage finds that out
   * by checksums; it says which entries follow one another unharmed from the checkpoint on, and no others. View-numbers
   * and the commit-number are kept twice, so that no single damage takes them away. Damage ends with the next entries that
   * are written: a replica writes none until it knows all that it lacks.
   */
  readonly isCorrupt: boolean;
}

/**
 * One record of stable storage. Records become durable in the order in which they were written, one by one: a
 * crash may keep any number of them. All records up to an `end` take effect together, or not at all.
 */
export type StorageRecord =
  /** These entries take the place of all that followed those before them. */
  | { readonly type: 'entries'; readonly suffix: LogSuffix }
  /** This is the latest checkpoint, and the log begins after entry `base`. */
  | { readonly type: 'checkpoint'; readonly checkpoint: Checkpoint; readonly base: number }
  | {
      readonly type: 'viewRecord';
      readonly viewNumber: number;
      readonly lastNormalView: number;
      readonly commitNumber: number;
    }
  | { readonly type: 'end'; readonly write: number };

/**
 * What a restarted replica finds: an image that was complete, and the records written since, as far as they survived: none,
 * if the image is damaged.
 */
export interface Stored {
  readonly image: Image;
  readonly records: readonly StorageRecord[];
}

/** What stable storage of a replica that never ran reads as. */
export const blankImage: Image = {
  viewNumber: 0,
  lastNormalView: 0,
  commitNumber: 0,
  log: Log.empty,
  checkpoint: undefined,
  isCorrupt: false,
};

/**
 * The image that the records leave behind. Records after the last `end` are what a crash left of a write that it
 * interrupted: nothing that depends on them has been said to anyone, so they are ignored, whole.
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
        candidate = { ...candidate, checkpoint, log: candidate.log.compacted(base, checkpoint.time) };
        break;
      }
      case 'viewRecord': {
        const { viewNumber, lastNormalView, commitNumber } = record;
        candidate = { ...candidate, viewNumber, lastNormalView, commitNumber };
        break;
      }
      case 'end':
        complete = candidate;
        break;
    }
  }
  return complete;
}
