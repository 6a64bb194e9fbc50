import { expect, test } from 'vitest';
import { explore, noLimits } from '../../models/explore/explore.ts';
import { tryOracle } from './comparison.ts';
import { subjectOf } from './counting.ts';
import { exploreSlowly } from './oracle.ts';

tryOracle([
  ['diskless', {}, {}, 16],
  ['durable', {}, {}, 42],
  ['durable', { requests: 2 }, { clients: 2, replicas: 2 }, 931],
  ['durable', { timeouts: 1 }, { replicas: 2 }, 325],
  ['durable', { crashes: 1, restarts: 1 }, { replicas: 2 }, 223],
  ['durable', { requests: 0, crashes: 1, restarts: 1 }, {}, 3965],
  ['diskless', { requests: 0, crashes: 1, restarts: 1 }, {}, 34],
  ['diskless', { requests: 2, clientRestarts: 1 }, { replicas: 1 }, 38],
  ['durable', { corruptions: 1, restarts: 1 }, {}, 1032],
  ['diskless', { duplicates: 1 }, {}, 103],
  ['diskless', { drops: 1 }, {}, 38],
]);

test('the explorer breaks a property that a slow one breaks too, where a rule is missing', async () => {
  const subject = await subjectOf('diskless', {}, { mutant: 'commit-quorum-short' });
  const { trace } = await explore(subject, noLimits);
  const slowly = exploreSlowly(subject.implementation, subject.setup, subject.properties, subject.bounds);
  expect(slowly.brokenProperties).toContain(trace?.violation.property);
});
