import type { World } from '../../world/world.ts';
import type { GhostState } from '../ghost/ghostState.ts';
import { bitsOfStep, passes } from '../stepFilter.ts';
import { coverageMarks } from './index.ts';
import { type CoverageMark, isReachable, kindOf, type Moment, type MomentKind } from './mark.ts';

/** Counts of how often each coverage mark was reached. */
export class Tally {
  /** By index in `coverageMarks`. */
  readonly counts: number[] = coverageMarks.map(() => 0);
  /** By the same index: how many events had been noted when it was first reached. Only where the count is not 0. */
  readonly firsts: number[] = [];
  private noted = 0;

  /**
   * Counts the marks that the event from one world to the next reaches. `ghostState` is the one before the
   * event.
   */
  note(before: World, after: World, ghostState: GhostState): void {
    const { last } = after;
    this.noted++;
    if (last === undefined) return;
    const old = last.replica === undefined ? undefined : before.machines[last.replica];
    const now = last.replica === undefined ? undefined : after.machines[last.replica];
    const moment: Moment = { before, after, ghostState, event: last.event, old, now, outputs: last.outputs };
    for (const mark of marksAt(kindOf(last.event), bitsOfStep(last.kinds, old, now))) {
      if (!mark.reached(moment)) continue;
      const { index } = mark;
      this.counts[index] = (this.counts[index] ?? 0) + 1;
      this.firsts[index] ??= this.noted;
    }
  }

  /** How often the coverage mark was reached; 0 for an unknown name. */
  count(name: string): number {
    return this.counts[coverageMarks.findIndex((coverageMark) => coverageMark.name === name)] ?? 0;
  }

  /** Adds the counts of another tally. */
  add(other: { readonly counts: readonly number[] }): void {
    other.counts.forEach((count, index) => {
      this.counts[index] = (this.counts[index] ?? 0) + count;
    });
  }
}

/** How a coverage mark is reached, and its index in `coverageMarks`. */
interface IndexedMark extends Pick<CoverageMark, 'reached'> {
  readonly index: number;
}

/** By kind of moment, and by bits of its step: the marks that can be reached there. */
const known = new Map<MomentKind, Map<number, readonly IndexedMark[]>>();

/** The coverage marks that can be reached in moments of this kind, by a step with these bits. */
function marksAt(kind: MomentKind, bits: number): readonly IndexedMark[] {
  const ofKind = known.get(kind) ?? new Map<number, readonly IndexedMark[]>();
  const found = ofKind.get(bits);
  if (found !== undefined) return found;
  const marks = coverageMarks
    .map((coverageMark, index) => ({ index, coverageMark }))
    .filter(({ coverageMark }) => isReachable(coverageMark, kind) && passes(coverageMark, bits))
    .map(({ index, coverageMark: { reached } }) => ({ index, reached }));
  known.set(kind, ofKind.set(bits, marks));
  return marks;
}
