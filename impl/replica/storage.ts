import { Log, type LogSuffix } from './log.ts';

/** What stable storage holds of a replica: what it promised, and cannot take back by crashing. */
export interface Image {
  readonly viewNumber: number;
  /** Zero in diskless mode, which stores the view number alone. */
  readonly lastNormalView: number;
  readonly commitNumber: number;
  readonly log: Log;
}

/**
 * One record of stable storage. Records become durable in the order in which they were written, one by one: a
 * crash may keep any number of them. All records up to an `end` take effect together, or not at all.
 */
export type StorageRecord =
  /** These entries take the place of all that followed those before them. */
  | { readonly type: 'entries'; readonly suffix: LogSuffix }
  | {
      readonly type: 'promise';
      readonly viewNumber: number;
      readonly lastNormalView: number;
      readonly commitNumber: number;
    }
  | { readonly type: 'end'; readonly write: number };

/** What stable storage of a replica that never ran reads as. */
export const blankImage: Image = { viewNumber: 0, lastNormalView: 0, commitNumber: 0, log: Log.empty };

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
        candidate = { ...candidate, log: record.suffix.onto(candidate.log) };
        break;
      case 'promise': {
        const { viewNumber, lastNormalView, commitNumber } = record;
        candidate = { viewNumber, lastNormalView, commitNumber, log: candidate.log };
        break;
      }
      case 'end':
        complete = candidate;
        break;
    }
  }
  return complete;
}
