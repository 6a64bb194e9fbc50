import { expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { Budget } from '../../models/explore/budget/budget.ts';
import { explore, noLimits } from '../../models/explore/explore.ts';
import { subjectOf } from './counting.ts';
import { exploreSlowly } from './oracle.ts';

/** A budget, a group, and how many states it has within the budget. */
export type OracleBound = readonly [StorageMode, Partial<Budget>, Parameters<typeof subjectOf>[2], number];

/** Explores each bound twice: both explorers must find so many states, and no violation. */
export function tryOracle(bounds: readonly OracleBound[]): void {
  test.each(bounds)(
    'the explorer and a slow one that shares only the world and the properties find the same states: %s, %j, %j: %i',
    async (mode, budget, group, count) => {
      const subject = await subjectOf(mode, budget, group);
      const explored = await explore(subject, noLimits);
      expect(explored).toMatchObject({ ending: 'exhausted', states: count });
      const slowly = exploreSlowly(subject.implementation, subject.setup, subject.properties, subject.bounds);
      expect(slowly.states.size).toBe(count);
      expect([...slowly.brokenProperties]).toEqual([]);
    },
  );
}
