import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Input,
  ledgerService,
  step,
  validateEntry,
  validateRequest,
} from '../../impl/index.ts';
import { asInVrr } from '../paper/group.ts';
import { carrying } from './malformed.ts';

const configuration = configure(1, 'diskless', ledgerService, asInVrr);
const request = { type: 'REQUEST', operation: 'a', clientId: 'ann/0', session: 0, requestNumber: 1 } as const;
const entry = { ...request, predicted: { time: 0, random: 0 } };

/** What is said of anything at all that is given for an entry. */
function ofEntry(value: unknown): string | undefined {
  return validateEntry(configuration, carrying({ message: entry }, value).message);
}

/** What is said of anything at all that is given for a request. */
function ofRequest(value: unknown): string | undefined {
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
  test('is not refused where nothing is wrong with it', () => {
    expect(ofEntry(entry)).toBeUndefined();
    expect(ofRequest(request)).toBeUndefined();
  });

  test.each(notRequests)('is not %o, and the reason says so', (value) => {
    expect(ofEntry(value)).toBe('request must be a REQUEST');
    expect(ofRequest(value)).toBe('request must be a REQUEST');
  });

  test('is refused for what the client said, before anything is said of what was predicted', () => {
    const words = 'clientId must be a string of 1 to 256 characters';
    expect(ofEntry({ ...entry, clientId: '' })).toBe(words);
    expect(ofEntry({ ...entry, clientId: '', predicted: null })).toBe(words);
  });

  test('is no entry where nothing was predicted for it', () => {
    expect(ofEntry(request)).toBe('predicted is missing');
    expect(ofEntry({ ...request, predicted: undefined })).toBe('predicted is missing');
  });
});

const inNoObject = 'time and random must be in an object';
const notOf32Bits = 'random must be a whole number of 32 bits';
const notTime = 'time must be a whole number from 0';

describe.each([
  ...[null, 1, 'time', true, () => 1].map((value) => [value, inNoObject] as const),
  ...[-1, 0.5, 2 ** 32, Number.NaN, '0', 1n, null, undefined].map(
    (random) => [{ time: 0, random }, notOf32Bits] as const,
  ),
  ...[-1, 0.5, 2 ** 53, Number.NaN, '0', null, undefined].map(
    (time) => [{ time, random: 0 }, notTime] as const,
  ),
])('%o, which no clock and no source of chance can show,', (reading, words) => {
  test('is in no log', () => {
    expect(ofEntry({ ...request, predicted: reading })).toBe(words);
  });

  test('is refused by a replica, whose log stays as it is', () => {
    const replica = createReplica(configuration, 0);
    const input: Input = { type: 'message', message: request };
    expect(step(replica, Object.assign(input, { reading }))).toEqual([{ type: 'refused', reason: words }]);
    expect(replica.log.length).toBe(0);
  });
});

test.each([
  { time: 0, random: 0 },
  { time: Number.MAX_SAFE_INTEGER, random: 2 ** 32 - 1 },
])('%o may be read, and be in a log', (reading) => {
  const replica = createReplica(configuration, 0);
  step(replica, { type: 'message', message: request, reading });
  expect(replica.log.at(1).predicted).toEqual(reading);
  expect(ofEntry(replica.log.at(1))).toBeUndefined();
});
