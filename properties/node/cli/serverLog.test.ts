import { pino } from 'pino';
import { expect, test } from 'vitest';
import { logObserver } from '../../../impl/cli/serverLog.ts';
import { configure, createReplica, keyValueService, type Replica, step } from '../../../impl/index.ts';
import type { Input } from '../../../impl/replica/step.ts';

/** An observer, and the lines that it has logged at level info or above. */
function watched() {
  let time = 0;
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
  return {
    observer: logObserver(log, () => time),
    lines,
    pass: (seconds: number) => (time += 1000 * seconds),
  };
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

test('the log counts what repeats, and tells how often it came after one minute, then after two, at most after ten', () => {
  const { observer, lines, pass } = watched();
  for (let second = 0; second < 3_600; second++) {
    observer.onConnection?.('lost', 1, 'ECONNREFUSED');
    observer.onRejected?.(`127.0.0.1:${40_000 + second}`, 'it is a stranger');
    pass(1);
  }
  expect(lines.slice(0, 6)).toEqual([
    '1 ECONNREFUSED lost',
    '127.0.0.1:40000 it is a stranger rejected',
    '1 ECONNREFUSED lost, 60 times in the last 60 s',
    '127.0.0.1:40060 it is a stranger rejected, 60 times in the last 60 s',
    '1 ECONNREFUSED lost, 120 times in the last 2 min',
    '127.0.0.1:40180 it is a stranger rejected, 120 times in the last 2 min',
  ]);
  expect(lines).toHaveLength(2 * 9);
  expect(lines.at(-1)).toContain('600 times in the last 10 min');
});

test('the log tells what comes rarely each time', () => {
  const { observer, lines, pass } = watched();
  for (let time = 0; time < 5; time++) {
    observer.onRejected?.('127.0.0.1:1', 'it is a stranger');
    pass(61);
  }
  expect(lines).toEqual(Array.from({ length: 5 }, () => '127.0.0.1:1 it is a stranger rejected'));
});

test('the log counts lines of strangers that are too many, which hide nothing that the replica says of itself', () => {
  const { observer, lines, pass } = watched();
  for (let second = 0; second < 600; second++) {
    for (let name = 0; name < 10; name++) observer.onRejected?.('h', `stranger ${second} ${name} calls`);
    pass(1);
  }
  expect(lines.length).toBeLessThan(10 * 202);
  expect(lines.some((line) => /, and \d+ other lines in the last 60 s$/.test(line))).toBe(true);
  const before = lines.length;
  observer.onDenied?.(1, 'outdated', 'it is an older copy');
  observer.onConnection?.('lost', 2, 'ECONNREFUSED');
  expect(lines.length).toBe(before + 2);
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
