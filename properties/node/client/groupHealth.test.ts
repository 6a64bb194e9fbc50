import { expect, test } from 'vitest';
import type { ReplicaReport } from '../../../impl/node/client/clusterStatus.ts';
import { healthOf } from '../../../impl/node/client/groupHealth.ts';
import type { StatusReport } from '../../../impl/node/tcp/handshake.ts';

const report = (
  replicaNumber: number,
  viewNumber: number,
  given: Partial<StatusReport> = {},
): StatusReport => ({
  ...{
    type: 'status',
    replicaNumber,
    status: 'normal',
    role: 'backup',
    viewNumber,
    opNumber: 0,
    commitNumber: 0,
  },
  ...{ checkpoint: 0, sessions: 0, mode: 'durable', incarnation: 1, cluster: 'one' },
  ...given,
});
const primary = { role: 'primary' } as const;
const silent: ReplicaReport = { type: 'silent', reason: 'ECONNREFUSED' };

test.each<[string, readonly ReplicaReport[], boolean]>([
  ['all are normal in one view', [report(0, 3, primary), report(1, 3), report(2, 3)], true],
  ['one of three is silent', [report(0, 3, primary), report(1, 3), silent], true],
  ['two of three are silent', [report(0, 3, primary), silent, silent], false],
  ['the primary is silent', [silent, report(1, 3), report(2, 3)], false],
  ['normal replicas are in different views', [report(0, 3, primary), report(1, 2), report(2, 4)], false],
  [
    'one that is normal has not heard of the later view',
    [report(0, 3, primary), report(1, 4, primary), report(2, 4)],
    true,
  ],
  [
    'the primary changes its view',
    [report(0, 3, { ...primary, status: 'view-change' }), report(1, 3), report(2, 3)],
    false,
  ],
  ['two of four are normal', [report(0, 3, primary), report(1, 3), silent, silent], false],
  ['three of four are normal', [report(0, 3, primary), report(1, 3), report(2, 3), silent], true],
  ['the only one is normal', [report(0, 0, primary)], true],
  [
    'one belongs to another cluster',
    [report(0, 3, primary), report(1, 3), report(2, 3, { cluster: 'other' })],
    false,
  ],
  [
    'another replica answers at an address',
    [report(0, 3, primary), report(1, 3), { ...silent, answeredBy: 1 }],
    false,
  ],
])('whether a group serves where %s', (_, reports, serves) => {
  expect(healthOf(reports).serves).toBe(serves);
});

test('replicas that say the same are told together', () => {
  const outage = { text: 'It is dark.', duration: 90_000 };
  const dark = (number: number) => report(number, 1, { status: 'view-change', outage });
  expect(healthOf([dark(0), silent, dark(2)]).sentences.slice(1)).toEqual([
    'Replicas 0, 2, for 90 s: It is dark.',
    'Replica 1: ECONNREFUSED.',
  ]);
});

test('a group of which no replica tells its status is not said to be out of service', () => {
  const refusing: ReplicaReport = { type: 'silent', reason: 'the name "ann" lacks the role admin' };
  expect(healthOf([refusing, refusing, refusing])).toEqual({
    serves: false,
    sentences: [
      'No replica tells its status here, so whether the group serves is not known.',
      'Replicas 0, 1, 2: the name "ann" lacks the role admin.',
    ],
  });
});
