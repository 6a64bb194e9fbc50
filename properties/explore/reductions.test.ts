import { expect, test } from 'vitest';
import { explore, noLimits } from '../../models/explore/explore.ts';
import { noReductions, soundForAll, soundForCorrect } from '../../models/explore/reductions/reductions.ts';
import { subjectOf } from './counting.ts';
import { type ReductionBound, tryReductions } from './standings.ts';

const all = Object.keys(soundForCorrect);
const crash = { crashes: 1, restarts: 1 } as const;
/** Replicas 1 and 2 are interchangeable, because only replica 0 is ever primary. */
const corruption = { corruptions: 1, restarts: 1, views: 0 } as const;

tryReductions([
  [['clients'], 'durable', { requests: 2 }, { replicas: 2, clients: 2 }],
  [['replicas'], 'durable', { crashes: 1 }, { replicas: 3 }],
  [['dead'], 'diskless', { timeouts: 2 }, { replicas: 2 }],
  [all, 'durable', { timeouts: 2 }, { replicas: 2 }],
  ...all.map((name): ReductionBound => [[name], 'durable', corruption, { clients: 2 }]),
  [all, 'diskless', { ...crash }, { replicas: 3 }],
]);

test.each(['commit-quorum-short', 'table-not-rebuilt', 'startview-cut-at-commit', 'commit-past-log'])(
  'reductions keep the shortest run of the mutant %s as short as it is without them',
  async (mutant) => {
    const budget = { requests: 1, timeouts: 1 };
    const found = [];
    for (const reductions of [noReductions, soundForAll]) {
      const subject = await subjectOf('diskless', budget, { reductions, mutant });
      const { trace, depth } = await explore(subject, { ...noLimits, states: 400_000 });
      found.push({ property: trace?.violation.property, depth });
    }
    const [whole, reduced] = found;
    expect(whole).toEqual({ property: expect.any(String), depth: expect.any(Number) });
    expect(reduced).toEqual(whole);
  },
);
