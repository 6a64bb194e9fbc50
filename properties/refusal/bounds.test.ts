import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configure, createReplica, Log, ledgerService, primaryOf, step } from '../../impl/index.ts';

const numbers = fc.oneof(
  fc.integer({ min: -5, max: 40 }),
  fc.double(),
  fc.constantFrom(2 ** 31, 2 ** 53, Number.NaN, Number.NEGATIVE_INFINITY),
);

test('a group has 1 to 31 replicas, or is refused with a reason', () => {
  let refused = 0;
  fc.assert(
    fc.property(numbers, (size) => {
      const make = () => configure(size, 'durable', ledgerService);
      if (Number.isInteger(size) && size >= 1 && size <= 31) {
        expect(make().size).toBe(size);
        return;
      }
      refused++;
      expect(make).toThrow(RangeError);
      expect(make).toThrow(String(size));
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(50);
});

test('a replica bears a number of its group, or is refused with a reason', () => {
  let refused = 0;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 31 }), numbers, (size, number) => {
      const make = () => createReplica(configure(size, 'durable', ledgerService), number);
      if (Number.isInteger(number) && number >= 0 && number < size) {
        expect(make().replicaNumber).toBe(number);
        return;
      }
      refused++;
      expect(make).toThrow(RangeError);
    }),
    { numRuns: 500 },
  );
  expect(refused).toBeGreaterThan(50);
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

test('views go round the group', () => {
  const configuration = configure(3, 'durable', ledgerService);
  expect([0, 1, 2, 3, 7].map((view) => primaryOf(configuration, view))).toEqual([0, 1, 2, 0, 1]);
});

test.each([
  [1, 'refused'],
  [2 ** 53, 'refused'],
  [0.5, 'refused'],
  [Number.NaN, 'refused'],
  [0, 'dropped'],
  [-1, 'dropped'],
])('that write %d is durable, when nothing was written, is %s', (write, type) => {
  const replica = createReplica(configure(3, 'durable', ledgerService), 0);
  expect(step(replica, { type: 'durable', write })).toMatchObject([{ type }]);
});

test.each([-1, 3, 0.5, 1.5, Number.NaN])(
  'a log of two entries has no prefix, suffix or entry %d',
  (number) => {
    const request = { type: 'REQUEST', operation: 'a', clientId: 'c', requestNumber: 1 } as const;
    const log = Log.empty.append(request).append(request);
    expect(() => log.prefix(number)).toThrow(RangeError);
    expect(() => log.suffix(number)).toThrow(RangeError);
    expect(() => log.at(number)).toThrow(RangeError);
  },
);
