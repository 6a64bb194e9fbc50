import type { Superblock } from './superblock.ts';

/** Entries from `from` on, up to the next segment, count only if they were written in `write` or later. */
export type Segments = Superblock['segments'];

/** How many segments there may be before the whole log is written anew, as one: a superblock must stay small. */
export const maxSegments = 32;

/** The segments once everything after entry `after` was replaced in this write. */
export function replaceAfter(segments: Segments, after: number, write: number): Segments {
  return [...segments.filter(({ from }) => from <= after), { from: after + 1, write }];
}

/** The segments of what is left when the first `base` entries are gone. */
export function compactTo(segments: Segments, base: number): Segments {
  const first = segments.findLastIndex(({ from }) => from <= base + 1);
  return segments.slice(Math.max(first, 0));
}

/** In which write, at the earliest, the entry was written that counts under this number. */
export function earliestWrite(segments: Segments, opNumber: number): number {
  return segments.findLast(({ from }) => from <= opNumber)?.write ?? Number.POSITIVE_INFINITY;
}
