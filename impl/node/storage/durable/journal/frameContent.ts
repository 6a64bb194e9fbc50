import { type EncodedEntry, encodeEntry } from '../../../../replica/data/entry.ts';
import type { Log, LogEnd } from '../../../../replica/data/log.ts';
import type { Superblock } from '../superblock.ts';
import type { Frame } from './frame.ts';

/** Entries that replace all those after `after`. */
export interface StoredEntries {
  readonly after: number;
  /** The end of the log of the first `after` entries. */
  readonly end: LogEnd;
  readonly entries: readonly EncodedEntry[];
}

/**
 * A frame before it is written. In the log its payload is a superblock as JSON, a line feed, and entries as JSON. A write ends with
 * the frame that has a superblock. If its entries are many, frames without one come before it; they count for nothing without it.
 */
export interface PlannedFrame {
  readonly payload: string;
  /** That of the log's last entry after the frame. */
  readonly opNumber: number;
}

/**
 * The frames of a write. `after`: the entries of the log after it are written; undefined for none. They become text one frame
 * at a time, each of about a quarter of a segment at most, unless a single entry is larger.
 */
export function* framesOf(
  superblock: Superblock,
  log: Log,
  after: number | undefined,
  segmentBytes: number,
): Generator<PlannedFrame> {
  let entries = '';
  if (after !== undefined)
    for (const part of partsOf(log, after, segmentBytes / 4)) {
      if (entries !== '') yield { payload: `\n${entries}`, opNumber: part.after };
      entries = JSON.stringify([part.after, part.end.time, part.end.checksum, part.entries]);
    }
  yield { payload: `${JSON.stringify(superblock)}\n${entries}`, opNumber: log.length };
}

function* partsOf(log: Log, after: number, maxChars: number): Generator<StoredEntries> {
  let from = after;
  do {
    const part = log.piece(from, maxChars);
    const { lastTime: time, checksum } = log.prefix(from);
    yield { after: from, end: { time, checksum }, entries: part.entriesAfter(from).map(encodeEntry) };
    from = part.opNumber;
  } while (from < log.length);
}

/** The text of the superblock in a frame; empty if it has none. */
export function superblockText({ payload }: Frame): string {
  return payload.toString('utf8', 0, payload.indexOf(lineFeed));
}

/** The entries in a frame, undefined if it has none, or why they are malformed. */
export function entriesIn({ payload }: Frame): StoredEntries | undefined | string {
  const text = payload.toString('utf8', payload.indexOf(lineFeed) + 1);
  if (text === '') return undefined;
  const parsed: unknown = parseJson(text);
  if (!isStored(parsed)) return 'it is no list of entries';
  const [after, time, checksum, entries] = parsed;
  return { after, end: { time, checksum }, entries };
}

/** The byte that ends the first part of a payload. */
export const lineFeed = 0x0a;

function isStored(value: unknown): value is [number, number, string, EncodedEntry[]] {
  return (
    Array.isArray(value) &&
    value.length === 4 &&
    Number.isSafeInteger(value[0]) &&
    value[0] >= 0 &&
    Number.isSafeInteger(value[1]) &&
    typeof value[2] === 'string' &&
    Array.isArray(value[3])
  );
}

/** The value, or undefined if the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
