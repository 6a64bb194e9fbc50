import type { Superblock } from './superblock.ts';

/** Entries from `from` on, up to the next segment, are valid only if `write` or a later write put them. */
export type Segments = Superblock['segments'];

/** The most segments before the whole log is written anew as one: it keeps the superblock small. */
export const maxSegments = 32;

/** The segments after `write` has replaced all entries after `after`. */
export function replaceAfter(segments: Segments, after: number, write: number): Segments {
  return [...segments.filter(({ from }) => from <= after), { from: after + 1, write }];
}

/** The segments of the log after its first `base` entries are dropped. */
export function compactTo(segments: Segments, base: number): Segments {
  const first = segments.findLastIndex(({ from }) => from <= base + 1);
  return segments.slice(Math.max(first, 0));
}

/** The earliest write that can have put the valid entry with this op-number. */
export function earliestWrite(segments: Segments, opNumber: number): number {
  return segments.findLast(({ from }) => from <= opNumber)?.write ?? Number.POSITIVE_INFINITY;
}
