import { describe, expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { Budget } from '../../models/explore/budget/budget.ts';
import { explore, unlimited } from '../../models/explore/explore.ts';
import { subjectOf } from './counting.ts';
import { exploreSlowly } from './oracle.ts';

/** Small bounds, each with something of its own: what is bounded, in which group, and how many states that makes. */
const bounds: readonly (readonly [StorageMode, Partial<Budget>, Parameters<typeof subjectOf>[2], number])[] =
  [
    ['diskless', {}, {}, 16],
    ['durable', {}, {}, 42],
    ['durable', { requests: 2 }, { clients: 2, replicas: 2 }, 611],
    ['diskless', { requests: 0, timeouts: 1 }, {}, 2593],
    ['durable', { timeouts: 1 }, { replicas: 2 }, 274],
    ['durable', { crashes: 1, restarts: 1 }, { replicas: 2 }, 223],
    ['durable', { requests: 0, crashes: 1, restarts: 1 }, {}, 2247],
    ['diskless', { requests: 0, crashes: 1, restarts: 1 }, {}, 34],
    ['diskless', { requests: 2, clientRestarts: 1 }, { replicas: 1 }, 38],
    ['durable', { corruptions: 1, restarts: 1 }, {}, 1032],
    ['durable', { corruptions: 2, restarts: 2 }, {}, 4067],
    ['diskless', { duplicates: 1 }, {}, 103],
    ['diskless', { drops: 1 }, {}, 38],
    ['diskless', { requests: 3 }, { clients: 3, replicas: 2, batching: true }, 4654],
    ['durable', { requests: 3 }, { clients: 3, replicas: 2, batching: true }, 18_679],
    ['diskless', { requests: 2 }, { clients: 2, batching: true }, 2577],
  ];

describe('A slow explorer that shares nothing but the world and the properties finds as many states', () => {
  test.each(bounds)('%s, %j, %j: %i', async (mode, budget, group, count) => {
    const subject = await subjectOf(mode, budget, group);
    const explored = await explore(subject, unlimited);
    expect(explored).toMatchObject({ ending: 'exhausted', states: count });
    const slowly = exploreSlowly(subject.implementation, subject.setup, subject.properties, subject.bounds);
    expect(slowly.states.size).toBe(count);
    expect([...slowly.brokenProperties]).toEqual([]);
  });

  test('and breaks the same properties where a rule is missing', async () => {
    const subject = await subjectOf('diskless', {}, { mutant: 'commit-quorum-short' });
    const { trace } = await explore(subject, unlimited);
    const slowly = exploreSlowly(subject.implementation, subject.setup, subject.properties, subject.bounds);
    expect(slowly.brokenProperties).toContain(trace?.violation.property);
  });
});
