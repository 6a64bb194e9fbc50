import { expect, it } from 'vitest';
import { checkByService } from '../../models/checking/linearizableByService.ts';
import { beginning, type Observation, observe, type Request, type Result } from '../../spec/promise/index.ts';

/** A sum, to which a number is added; null reads it. */
const service = {
  initial: 0,
  apply: (sum: unknown, operation: Request['operation']) => {
    const state = Number(sum) + Number(operation ?? 0);
    return { state, result: state };
  },
};

const add: Request = { clientId: 'ann', requestNumber: 1, operation: 1 };
const read: Request = { clientId: 'bob', requestNumber: 1, operation: null };
const again: Request = { ...read, clientId: 'cid' };

const submitted = (request: Request): Observation => ({ kind: 'submitted', request });
const answered = (request: Request, result: Result): Observation => ({ kind: 'answered', request, result });
const executed = (position: number, request: Request, result: Result): Observation => {
  return { kind: 'executed', copy: 0, position, request, predicted: { time: 0, random: 0 }, result };
};

/** What the check says to the last of these observations. */
function seen(...observations: readonly Observation[]): string | undefined {
  const last = observations.at(-1);
  const known = observations.slice(0, -1).reduce(observe, beginning(service, 1));
  return last && checkByService(known, last);
}

const added = [submitted(add), executed(1, add, 1), answered(add, 1)];

it.each<[string, readonly Observation[]]>([
  ['an answer that is the result at its place', added],
  ['a read that is in the history', [...added, submitted(read), executed(2, read, 1), answered(read, 1)]],
  ['a read without a place of its own', [...added, submitted(read), answered(read, 1)]],
  ['a read of the state before a request that is under way', [submitted(read), ...added, answered(read, 0)]],
])('An order explains %s.', (_, observations) => {
  expect(seen(...observations)).toBeUndefined();
});

it.each<[string, readonly Observation[]]>([
  ['an answer that is not the result', [submitted(add), executed(1, add, 1), answered(add, 2)]],
  ['a request that has had no effect', [submitted(add), answered(add, 1)]],
  ['a read that misses what its client could know', [...added, submitted(read), answered(read, 0)]],
  [
    'a read that misses what an earlier read has seen',
    [
      ...[submitted(add), executed(1, add, 1), submitted(read), answered(read, 1)],
      ...[submitted(again), answered(again, 0)],
    ],
  ],
  [
    'a request that took effect before an answer that precedes it',
    [
      ...[submitted(read), executed(1, add, 1), executed(2, read, 1), answered(read, 1)],
      ...[submitted(add), answered(add, 1)],
    ],
  ],
])('No order explains %s.', (_, observations) => {
  expect(seen(...observations)).toMatch(/^The answer to request 1 of client .* at no place/);
});
