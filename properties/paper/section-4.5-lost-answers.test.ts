import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  describeReason,
  keyValueService,
  type Output,
  type Replica,
  type Request,
  step,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { Group } from './group.ts';

const configuration = configure(1, 'diskless', keyValueService, { ...asInVrr, window: 8 });

function asks(requestNumber: number, told: Pick<Request, 'answered' | 'viewNumber'> = {}): Request {
  const operation = { type: 'set', key: 'a', value: requestNumber };
  return { type: 'REQUEST', operation, clientId: 'ann/0', session: 0, requestNumber, ...told };
}

/** A primary of view 0 that has executed requests 1 and 2. */
function primary(): Replica {
  const replica = createReplica(configuration, 0);
  for (const requestNumber of [1, 2]) give(replica, asks(requestNumber));
  return replica;
}

function give(replica: Replica, message: Request): readonly Output[] {
  return step(replica, { type: 'message', message });
}

describe('a request that leaves a gap in the numbers of its session, VRR §4.5', () => {
  test('ends the session with an alarm if its client has the answer to a missing one, in no later view', () => {
    const [raised, answer] = give(primary(), asks(6, { answered: 5, viewNumber: 0 }));
    expect(raised).toEqual({
      type: 'alarm',
      reason: { code: 'answered-request-missing', clientId: 'ann/0', requestNumber: 3 },
    });
    expect(answer).toEqual({
      type: 'reply',
      message: { type: 'EVICTED', viewNumber: 0, clientId: 'ann/0', requestNumber: 6 },
    });
    if (raised?.type === 'alarm')
      expect(describeReason(raised.reason)).toContain('client "ann/0" has an answer to its request 3');
  });

  test.each([
    ['has all its answers', { answered: 2, viewNumber: 0 }],
    ['has an answer of a later view', { answered: 5, viewNumber: 1 }],
    ['tells nothing', {}],
  ])('waits for the missing ones if its client %s', (_, told) => {
    expect(give(primary(), asks(6, told))).toEqual([{ type: 'dropped', reason: 'earlier-request-missing' }]);
  });

  test('waits at a backup, which may lag', () => {
    const backup = createReplica(configure(3, 'diskless', keyValueService, asInVrr), 1);
    expect(give(backup, asks(6, { answered: 5, viewNumber: 0 }))).toEqual([
      { type: 'dropped', reason: 'earlier-request-missing' },
    ]);
  });
});

test('a client tells up to which request it has all answers, and the latest view of them', () => {
  const group = new Group(3);
  group.ask('ann', 'a');
  group.run();
  group.ask('ann', 'b');
  expect(group.find('REQUEST')).toMatchObject([
    { message: { requestNumber: 2, answered: 1, viewNumber: 0 } },
  ]);
});
