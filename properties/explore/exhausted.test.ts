import { describe, expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { Budget } from '../../models/explore/budget/budget.ts';
import { explore, unlimited } from '../../models/explore/explore.ts';
import { soundForAll, soundForCorrect } from '../../models/explore/reductions/reductions.ts';
import { subjectOf } from './counting.ts';

/** The exact counts are pinned: a change in the protocol, the world or the claims that adds or hides a run shows here. */
const crash = { crashes: 1, restarts: 1 } as const;
const always = [
  'uncommitted-suffix-carried',
  'two-primaries',
  'transfer-to-later-view',
  'answered-after-view-change',
];

const bounds: readonly {
  readonly mode: StorageMode;
  readonly budget: Partial<Budget>;
  readonly states: number;
  readonly transitions: number;
  readonly coverageMarks: readonly string[];
}[] = [
  { mode: 'diskless', budget: { timeouts: 1 }, states: 742, transitions: 1869, coverageMarks: always },
  { mode: 'durable', budget: { timeouts: 1 }, states: 742, transitions: 1869, coverageMarks: always },
  {
    mode: 'diskless',
    budget: { requests: 2, timeouts: 1 },
    states: 23_124,
    transitions: 70_965,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'durable',
    budget: { requests: 2, timeouts: 1 },
    states: 23_124,
    transitions: 70_965,
    coverageMarks: [...always, 'suffix-discarded', 'transfer-in-view'],
  },
  {
    mode: 'diskless',
    budget: { timeouts: 1, ...crash },
    states: 28_269,
    transitions: 73_434,
    coverageMarks: [
      ...always,
      'recovery-completed',
      'recovery-during-view-change',
      'message-outlives-sender',
    ],
  },
  {
    mode: 'durable',
    budget: { timeouts: 1, ...crash },
    states: 84_072,
    transitions: 270_342,
    coverageMarks: [...always, 'restart-mid-view-change', 'primary-restarted'],
  },
  {
    mode: 'durable',
    budget: { timeouts: 1, corruptions: 1, restarts: 1 },
    states: 35_167,
    transitions: 93_986,
    coverageMarks: [...always, 'corruption-found', 'corruption-repaired', 'recovery-during-view-change'],
  },
];

describe('No run within the budget breaks a property', () => {
  test.each(bounds)(
    '3 replicas, $mode, $budget: $states states',
    async ({ mode, budget, coverageMarks, ...counts }) => {
      const clients = Math.min(2, budget.requests ?? 1);
      const subject = await subjectOf(mode, budget, { clients, reductions: soundForCorrect });
      const explored = await explore(subject, { ...unlimited, settleOneIn: 100 });
      expect(explored).toMatchObject({ ending: 'exhausted', ...counts });
      // An exploration that reached nothing of interest would prove nothing.
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

  test('3 replicas, diskless, one client with a session and two requests outstanding: 23,320 states', async () => {
    const subject = await subjectOf('diskless', { requests: 2 }, { sessions: 1, reductions: soundForAll });
    const explored = await explore(subject, { ...unlimited, settleOneIn: 100 });
    expect(explored).toMatchObject({ ending: 'exhausted', states: 23_320, transitions: 65_753 });
    for (const coverageMark of ['two-outstanding', 'later-answered-first'])
      expect(explored.reached.count(coverageMark), coverageMark).toBeGreaterThan(0);
  });
});
