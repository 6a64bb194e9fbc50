import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  keyValueService,
  type Replica,
  type StorageMode,
  step,
} from '../../impl/index.ts';
import { inWords, outageOf, type PeerFacts } from '../../impl/node/outage/outage.ts';
import type { StatusReport } from '../../impl/node/tcp/handshake.ts';

type Known = StatusReport['status'] | 'silent' | 'unknown';

/** What is known of the other replicas, in the order of their numbers from 1. */
const peersOf = (...known: readonly Known[]): ReadonlyMap<number, PeerFacts> =>
  new Map(
    known.map((status, index) => [
      index + 1,
      {
        isReached: status !== 'silent',
        duration: 5_000,
        reason: status === 'silent' ? 'refused' : '',
        status: status === 'silent' || status === 'unknown' ? undefined : status,
      },
    ]),
  );

/** Replica 0 of a group of so many. */
function replicaOf(size: number, mode: StorageMode = 'durable'): Replica {
  const replica = createReplica(configure(size, mode, keyValueService), 0);
  step(replica, { type: 'start' });
  return replica;
}

/** It has restarted as diskless, so that it recovers. */
const recovering = (size: number): Replica => ({
  ...replicaOf(size, 'diskless'),
  status: 'recovering',
  recovery: {
    ...{ incarnation: 'one.2', name: null, founders: ['0', '1', '2'], attempt: 0 },
    ...{ responses: [], recovering: [], recoveringBefore: [] },
  },
});

const changing = (size: number): Replica => ({ ...replicaOf(size), status: 'view-change' });

describe('the outage of a replica', () => {
  test.each<[string, Replica, readonly Known[], string | undefined, readonly number[]]>([
    ['that is normal, with no other reached', replicaOf(3), ['silent', 'silent'], undefined, []],
    ['that recovers from two normal ones', recovering(3), ['normal', 'normal'], undefined, []],
    ['that recovers, where one of two is normal', recovering(3), ['normal', 'silent'], 'recovering', [2]],
    [
      'that recovers, where the other two change their view',
      recovering(3),
      ['view-change', 'view-change'],
      'recovering',
      [1, 2],
    ],
    [
      'that recovers with one of two others',
      recovering(3),
      ['view-change', 'recovering'],
      'storage-lost',
      [2],
    ],
    [
      'that recovers with one of four others',
      recovering(5),
      ['view-change', 'recovering', 'silent', 'silent'],
      'recovering',
      [1, 2, 3, 4],
    ],
    [
      'that recovers with two of four others',
      recovering(5),
      ['normal', 'recovering', 'recovering', 'silent'],
      'storage-lost',
      [2, 3],
    ],
    ['that changes its view, with a majority', changing(3), ['view-change', 'silent'], 'no-view', []],
    [
      'that changes its view with one that says nothing of itself yet',
      changing(3),
      ['unknown', 'silent'],
      'no-view',
      [],
    ],
    ['that changes its view, alone', changing(3), ['silent', 'silent'], 'no-majority', [1, 2]],
    [
      'that changes its view with one that recovers',
      changing(3),
      ['recovering', 'silent'],
      'no-majority',
      [1, 2],
    ],
    [
      'that changes its view, where both others lost their data',
      changing(3),
      ['recovering', 'bootstrapping'],
      'storage-lost',
      [1, 2],
    ],
    [
      'that changes its view with one of three others',
      changing(4),
      ['view-change', 'silent', 'silent'],
      'no-majority',
      [2, 3],
    ],
    ['of a group of one', changing(1), [], undefined, []],
  ])('%s is told from others', (_, replica, known, code, awaited) => {
    const outage = outageOf(replica, () => peersOf(...known));
    expect(outage?.code).toBe(code);
    expect(outage?.awaited ?? []).toEqual(awaited);
  });

  test('tells of each replica that is awaited why', () => {
    const text = outageOf(changing(5), () => peersOf('silent', 'recovering', 'silent', 'view-change'))?.text;
    expect(text).toContain(
      'Awaited: replica 1 (not reached for 5 s: refused), replica 2 (recovers), replica 3 (not reached for 5 s: refused).',
    );
  });

  test('promises nothing where memory is lost', () => {
    const text = outageOf(recovering(3), () => peersOf('recovering', 'silent'))?.text;
    expect(text).toContain('Replicas 0 and 1 run without data of this group');
    expect(text).toContain(
      'Not reached: replica 2 (not reached for 5 s: refused): start every server that still has its data.',
    );
    expect(text).toContain('What they held in memory is gone');
  });
});

test.each([
  [400, '0 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_140_000, '119 min'],
  [7_200_000, '2 h'],
])('%d milliseconds are %s', (milliseconds, text) => {
  expect(inWords(milliseconds)).toBe(text);
});
