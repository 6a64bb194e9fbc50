import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  configure,
  createReplica,
  type Input,
  type Json,
  Log,
  ledgerService,
  primaryOf,
  step,
  validateRequest,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { unpredicted } from '../unpredicted.ts';

const numbers = fc.oneof(
  fc.integer({ min: -5, max: 40 }),
  fc.double(),
  fc.constantFrom(2 ** 31, 2 ** 53, Number.NaN, Number.NEGATIVE_INFINITY),
);

test('a group of fewer than 1 or more than 31 replicas is rejected with a reason', () => {
  let rejected = 0;
  fc.assert(
    fc.property(numbers, (size) => {
      const make = () => configure(size, 'durable', ledgerService);
      if (Number.isInteger(size) && size >= 1 && size <= 31) {
        expect(make().size).toBe(size);
        return;
      }
      rejected++;
      expect(make).toThrow(RangeError);
      expect(make).toThrow(String(size));
    }),
    { numRuns: 500 },
  );
  expect(rejected).toBeGreaterThan(50);
});

test('a replica number outside the group is rejected with a reason', () => {
  let rejected = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 31 }), numbers, (size, number) => {
      const make = () => createReplica(configure(size, 'durable', ledgerService), number);
      if (Number.isInteger(number) && number >= 0 && number < size) {
        expect(make().replicaNumber).toBe(number);
        return;
      }
      rejected++;
      expect(make).toThrow(RangeError);
    }),
    { numRuns: 500 },
  );
  expect(rejected).toBeGreaterThan(50);
});

test.each(Array.from({ length: 31 }, (_, index) => index + 1))(
  'in a group of %d any two quorums meet',
  (size) => {
    const { tolerated, quorum } = configure(size, 'durable', ledgerService);
    expect(2 * tolerated + 1).toBeLessThanOrEqual(size);
    expect(2 * (tolerated + 1) + 1).toBeGreaterThan(size);
    expect(quorum + tolerated).toBe(size);
    expect(2 * quorum).toBeGreaterThan(size);
  },
);

test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a message has no room for %d characters',
  (maxChars) => {
    const make = () => configure(3, 'durable', ledgerService, { maxChars });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(`A message carries 1 character or more, not ${maxChars}.`);
    expect(configure(3, 'durable', ledgerService, { maxChars: 1 }).maxChars).toBe(1);
  },
);

test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a primary has no %d PREPAREs outstanding',
  (pipeline) => {
    const make = () => configure(3, 'durable', ledgerService, { pipeline });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(`A primary has 1 PREPARE outstanding or more, not ${pipeline}.`);
    expect(configure(3, 'durable', ledgerService, { pipeline: 1 }).pipeline).toBe(1);
  },
);

test('the primary of each view is the next replica, in turn', () => {
  const configuration = configure(3, 'durable', ledgerService, asInVrr);
  expect([0, 1, 2, 3, 7].map((view) => primaryOf(configuration, view))).toEqual([0, 1, 2, 0, 1]);
});

test.each([
  [1, 'rejected'],
  [2 ** 53, 'rejected'],
  [0.5, 'rejected'],
  [Number.NaN, 'rejected'],
  [0, 'dropped'],
  [-1, 'dropped'],
])('the input that write %d is durable, when no write was issued, is %s', (write, type) => {
  const replica = createReplica(configure(3, 'durable', ledgerService, asInVrr), 0);
  expect(step(replica, { type: 'durable', write })).toMatchObject([{ type }]);
});

test.each([-1, 3, 0.5, 1.5, Number.NaN])(
  'a log of two entries has no prefix, suffix or entry %d',
  (number) => {
    const request = { type: 'REQUEST', operation: 'a', clientId: 'c', session: 0, requestNumber: 1 } as const;
    const entry = { ...request, predicted: unpredicted };
    const log = Log.empty.append(entry).append(entry);
    expect(() => log.prefix(number)).toThrow(RangeError);
    expect(() => log.suffix(number)).toThrow(RangeError);
    expect(() => log.at(number)).toThrow(RangeError);
  },
);

describe('the size limits of a request', () => {
  const anything = { ...ledgerService, validate: () => undefined };
  const configuration = configure(3, 'durable', anything, asInVrr);
  const reasonFor = (operation: Json, clientId = 'ann/0') =>
    validateRequest(configuration, { type: 'REQUEST', operation, clientId, session: 0, requestNumber: 1 });
  const text = (length: number) => 'x'.repeat(length);

  /** What leads to a value with so many characters of JSON. */
  const kinds: readonly [string, (chars: number) => Json][] = [
    ['a text', (chars) => text(chars - 2)],
    ['a text of wide characters', (chars) => '€'.repeat(chars - 2)],
    ['a text of escaped characters', (chars) => `${'\u0001'.repeat(100)}${text(chars - 602)}`],
    ['a list', (chars) => [text(chars - 4)]],
    ['an object', (chars) => ({ name: text(chars - 11) })],
    ['one in another', (chars) => ({ a: [text(chars - 10)] })],
    ['many numbers', (chars) => [...Array.from({ length: 5000 }, () => 0.5), text(chars - 20_004)]],
    ['many of nothing', (chars) => [...Array.from({ length: 5000 }, () => null), text(chars - 25_004)]],
    ['many answers', (chars) => [true, ...Array.from({ length: 5000 }, () => false), text(chars - 30_009)]],
    ['nothing in it', (chars) => [{}, [], '', text(chars - 13)]],
  ];

  test.each(kinds)('allow %s of at most 65,536 characters of JSON', (_, make) => {
    expect(JSON.stringify(make(65_536))).toHaveLength(65_536);
    expect(reasonFor(make(65_536))).toBeUndefined();
    expect(reasonFor(make(65_537))).toEqual({ code: 'operation-too-long', chars: 65_537, maxChars: 65_536 });
  });

  test('allow a name of at most 256 characters', () => {
    expect(reasonFor('a', text(256))).toBeUndefined();
    expect(reasonFor('a', text(257))).toEqual({ code: 'wrong-length', field: 'clientId', max: 256 });
    const replica = createReplica(configuration, 1);
    const asking = { generation: 0, name: null, replicaNumber: 2 };
    const recovery = { type: 'RECOVERY', viewNumber: 0, ...asking } as const;
    for (const [length, type] of [
      [64, 'send'],
      [65, 'rejected'],
    ] as const) {
      const message = { ...recovery, nonce: text(length) };
      expect(step(replica, { type: 'message', message })).toMatchObject([{ type }]);
    }
  });

  test('keep every message below 1 MiB, even with the largest requests', () => {
    const replicas = [0, 1, 2].map((number) =>
      createReplica(configure(3, 'diskless', anything, asInVrr), number),
    );
    // JSON writes this character as six.
    const operation = '\u0001'.repeat(10_922);
    let largest = 0;
    const give = (to: number, input: Input): void => {
      const replica = replicas[to];
      if (replica === undefined) return;
      for (const output of step(replica, input)) {
        if (output.type === 'write') give(to, { type: 'durable', write: output.write });
        if (output.type !== 'send') continue;
        const { message } = output;
        largest = Math.max(largest, JSON.stringify(message).length);
        if (output.to !== 2 || message.type !== 'PREPARE') give(output.to, { type: 'message', message });
      }
    };
    for (let number = 1; number <= 8; number++) {
      const message = {
        type: 'REQUEST',
        operation,
        clientId: `c${number}/0`,
        session: 0,
        requestNumber: 1,
      } as const;
      give(0, { type: 'message', message });
    }
    // Replica 2 heard of nothing, and becomes primary with a vote of replica 1.
    const message = { type: 'STARTVIEWCHANGE', viewNumber: 2, replicaNumber: 1, callers: 0 } as const;
    give(2, { type: 'message', message });
    expect(replicas[2]).toMatchObject({ status: 'normal', viewNumber: 2 });
    expect(replicas[2]?.log.length).toBe(8);
    expect(largest).toBeGreaterThan(3 * 65_536);
    expect(largest).toBeLessThan(2 ** 20);
  });
});
