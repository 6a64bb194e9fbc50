import { pino } from 'pino';
import { expect, test } from 'vitest';
import { logObserver } from '../../../impl/cli/serverLog.ts';
import { configure, createReplica, keyValueService, type Replica, step } from '../../../impl/index.ts';
import type { Input } from '../../../impl/replica/step.ts';

/** An observer, and the lines that it has logged at level info or above. */
function watched() {
  const lines: string[] = [];
  const log = pino(
    { base: null, timestamp: false, level: 'info' },
    {
      write: (line: string) => {
        const { level: _, ...rest } = JSON.parse(line);
        lines.push(Object.values(rest).join(' '));
      },
    },
  );
  return { observer: logObserver(log), lines };
}

/** A replica of three that is started and observed. */
function observedReplica(replicaNumber: number) {
  const replica = createReplica(configure(3, 'diskless', keyValueService, {}), replicaNumber);
  const { observer, lines } = watched();
  const take = (input: Input): void => observer.onStep?.(replica, input, step(replica, input));
  take({ type: 'start' });
  return { replica, take, lines };
}

const suspect: Input = { type: 'timer', timer: 'suspect' };
const call = ({ viewNumber }: Replica): Input => ({
  type: 'message',
  message: { type: 'STARTVIEWCHANGE', viewNumber: viewNumber + 1, replicaNumber: 2, callers: 0 },
});

test('the log of a backup tells why it changes the view', () => {
  const { replica, take, lines } = observedReplica(1);
  take(suspect);
  take(suspect);
  take(call(replica));
  expect(lines).toEqual([
    'normal 0 backup 0 0 ready',
    'view-change 1 primary 0 0 the primary is silent changing the view',
    'view-change 2 backup 0 0 view 1 has not started in time changing the view',
    'view-change 3 backup 0 0 replica 2 calls for it changing the view',
  ]);
});

test('the log of a primary tells that no quorum answers it', () => {
  const { take, lines } = observedReplica(0);
  take(suspect);
  expect(lines.at(-1)).toBe('view-change 1 backup 0 0 no quorum answers this primary changing the view');
});

test('the log names a connection that cannot be made once, until its state changes', () => {
  const { observer, lines } = watched();
  for (let attempt = 0; attempt < 5; attempt++) observer.onConnection?.('lost', 1, 'ECONNREFUSED');
  observer.onConnection?.('lost', 2, 'ECONNREFUSED');
  observer.onConnection?.('connected', 1, '');
  observer.onConnection?.('lost', 1, 'ECONNREFUSED');
  expect(lines).toEqual(['1 ECONNREFUSED lost', '2 ECONNREFUSED lost', '1 connected', '1 ECONNREFUSED lost']);
});

test('the log names a request that is refused once for each name and reason', () => {
  const { observer, lines } = watched();
  const refuse = (client: string, reason: string) => observer.onRefused?.(client, 'role', reason);
  for (const reason of ['ann may not', 'ann may not', 'ann must not', 'ann may not']) refuse('ann', reason);
  expect(lines).toEqual([
    'ann role ann may not refused a request',
    'ann role ann must not refused a request',
  ]);
});
