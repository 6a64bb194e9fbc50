import { expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { Budget } from '../../models/explore/budget/budget.ts';
import { explore, noLimits } from '../../models/explore/explore.ts';
import { soundForCorrect } from '../../models/explore/reductions/reductions.ts';
import { subjectOf } from './counting.ts';

/** A budget that can be exhausted, and what its exploration finds. */
export interface Exhaustible {
  readonly mode: StorageMode;
  readonly budget: Partial<Budget>;
  /** The exact counts: a change in the protocol, the world or the properties that adds or hides a run shows here. */
  readonly states: number;
  readonly transitions: number;
  readonly coverageMarks: readonly string[];
}

/** Coverage marks that every budget with a timeout reaches. */
export const always: readonly string[] = [
  'uncommitted-suffix-carried',
  'two-primaries',
  'transfer-to-later-view',
  'answered-after-view-change',
];

/** Explores three replicas within each budget: no run breaks a property, and the counts and the coverage marks are as stated. */
export function tryExhaustible(bounds: readonly Exhaustible[]): void {
  test.each(bounds)(
    'no run of 3 replicas, $mode, within $budget breaks a property: $states states',
    async ({ mode, budget, coverageMarks, ...counts }) => {
      const clients = Math.min(2, budget.requests ?? 1);
      const subject = await subjectOf(mode, budget, { clients, reductions: soundForCorrect });
      const explored = await explore(subject, { ...noLimits, settleOneIn: 100 });
      expect(explored).toMatchObject({ ending: 'exhausted', ...counts });
      // An exploration that reaches no coverage mark proves nothing.
      expect(explored.settled).toBeGreaterThan(counts.states / 400);
      for (const coverageMark of coverageMarks)
        expect(explored.reached.count(coverageMark), coverageMark).toBeGreaterThan(0);
      for (const type of [
        'PREPAREOK',
        'STARTVIEWCHANGE',
        'DOVIEWCHANGE',
        'STARTVIEW',
        'GETSTATE',
        'NEWSTATE',
      ])
        expect(explored.branches.get(`${type}: taken`), type).toBeGreaterThan(0);
    },
  );
}
