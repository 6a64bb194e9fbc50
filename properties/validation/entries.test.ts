import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Input,
  ledgerService,
  type RejectReason,
  step,
  validateEntry,
  validateRequest,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { carrying } from './malformed.ts';

const configuration = configure(1, 'diskless', ledgerService, asInVrr);
const request = { type: 'REQUEST', operation: 'a', clientId: 'ann/0', session: 0, requestNumber: 1 } as const;
const entry = { ...request, predicted: { time: 0, random: 0 } };

/** The reason why a value is rejected as an entry, or undefined. */
function ofEntry(value: unknown): RejectReason | undefined {
  return validateEntry(configuration, carrying({ message: entry }, value).message);
}

/** The reason why a value is rejected as a request, or undefined. */
function ofRequest(value: unknown): RejectReason | undefined {
  return validateRequest(configuration, carrying({ message: request }, value).message);
}

const notRequests: readonly unknown[] = [
  ...[undefined, null, 1, 'REQUEST', true, () => 1, []],
  ...[
    { ...entry, type: 'PREPARE' },
    { ...entry, type: undefined },
  ],
];

describe('an entry of a log, or a request', () => {
  test('is accepted if every field is well formed', () => {
    expect(ofEntry(entry)).toBeUndefined();
    expect(ofRequest(request)).toBeUndefined();
  });

  test.each(notRequests)('is rejected as %o, with a reason that says so', (value) => {
    expect(ofEntry(value)).toBe('not-a-request');
    expect(ofRequest(value)).toBe('not-a-request');
  });

  test('is rejected for its request before its predicted values are validated', () => {
    const reason = { code: 'wrong-length', field: 'clientId', max: 256 };
    expect(ofEntry({ ...entry, clientId: '' })).toEqual(reason);
    expect(ofEntry({ ...entry, clientId: '', predicted: null })).toEqual(reason);
  });

  test('is rejected as an entry without predicted values', () => {
    expect(ofEntry(request)).toBe('prediction-missing');
    expect(ofEntry({ ...request, predicted: undefined })).toBe('prediction-missing');
  });
});

const inNoObject = { code: 'not-an-object', field: 'a prediction' };
const notOf32Bits = 'random-out-of-range';
const notTime = { code: 'not-a-whole-number', field: 'time' };

describe.each([
  ...[null, 1, 'time', true, () => 1].map((value) => [value, inNoObject] as const),
  ...[-1, 0.5, 2 ** 32, Number.NaN, '0', 1n, null, undefined].map(
    (random) => [{ time: 0, random }, notOf32Bits] as const,
  ),
  ...[-1, 0.5, 2 ** 53, Number.NaN, '0', null, undefined].map(
    (time) => [{ time, random: 0 }, notTime] as const,
  ),
])('the reading %o, which no clock and no random source yields,', (reading, reason) => {
  test('is rejected in a log', () => {
    expect(ofEntry({ ...request, predicted: reading })).toEqual(reason);
  });

  test('is rejected by a replica, whose log stays as it is', () => {
    const replica = createReplica(configuration, 0);
    const input: Input = { type: 'message', message: request };
    expect(step(replica, Object.assign(input, { reading }))).toEqual([{ type: 'rejected', reason }]);
    expect(replica.log.length).toBe(0);
  });
});

test.each([
  { time: 0, random: 0 },
  { time: Number.MAX_SAFE_INTEGER, random: 2 ** 32 - 1 },
])('the reading %o is accepted from the environment and in a log', (reading) => {
  const replica = createReplica(configuration, 0);
  step(replica, { type: 'message', message: request, reading });
  expect(replica.log.at(1).predicted).toEqual(reading);
  expect(ofEntry(replica.log.at(1))).toBeUndefined();
});
