import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, Log } from '../../impl/index.ts';

function request(requestNumber: number): Entry {
  const operation = `op ${requestNumber}`;
  const predicted = { time: 10 * requestNumber, random: 0 };
  return { type: 'REQUEST', operation, clientId: 'ann/0', session: 0, requestNumber, predicted };
}

function logOf(entries: readonly Entry[]): Log {
  return entries.reduce((log, entry) => log.append(entry), Log.empty);
}

const entries = fc
  .nat({ max: 130 })
  .map((length) => Array.from({ length }, (_, index) => request(index + 1)));
const entriesAndPlace = entries.chain((list) => fc.tuple(fc.constant(list), fc.nat({ max: list.length })));

describe('the log', () => {
  test('holds what was appended, numbered from 1', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const log = logOf(list);
        expect(log.length).toBe(list.length);
        expect(list.map((_, index) => log.at(index + 1))).toEqual(list);
        expect(log.toJSON()).toEqual(list);
      }),
    );
  });

  test('has as its prefix the very log that held the first entries', () => {
    fc.assert(
      fc.property(entriesAndPlace, ([list, length]) => {
        const before = logOf(list.slice(0, length));
        const log = list.slice(length).reduce((longer, entry) => longer.append(entry), before);
        expect(log.prefix(length)).toBe(before);
      }),
    );
  });

  test('yields the entries after any of them, first to last', () => {
    fc.assert(
      fc.property(entriesAndPlace, ([list, after]) => {
        expect(logOf(list).entriesAfter(after)).toEqual(list.slice(after));
      }),
    );
  });

  test('tells the time of its last entry', () => {
    expect(Log.empty.lastTime).toBe(0);
    expect(logOf([request(1), request(2)]).lastTime).toBe(20);
    expect(logOf([request(1), request(2)]).prefix(1).lastTime).toBe(10);
  });

  test('yields no entries after its end', () => {
    expect(logOf([request(1)]).entriesAfter(5)).toEqual([]);
  });

  test('is unchanged by appending to it, in several ways', () => {
    fc.assert(
      fc.property(entriesAndPlace, entries, ([list, length], others) => {
        const log = logOf(list);
        const branch = others.reduce((longer, entry) => longer.append(entry), log.prefix(length));
        expect(branch.toJSON()).toEqual([...list.slice(0, length), ...others]);
        expect(log.toJSON()).toEqual(list);
      }),
    );
  });

  test('throws if it is asked for entries or prefixes that it does not have', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 9 }), (list, beyond) => {
        const log = logOf(list);
        for (const opNumber of [0, -beyond, list.length + beyond, Number.NaN]) {
          expect(() => log.at(opNumber)).toThrow(RangeError);
        }
        for (const length of [-beyond, list.length + beyond, Number.NaN]) {
          expect(() => log.prefix(length)).toThrow(RangeError);
          expect(() => log.suffix(length)).toThrow(RangeError);
        }
      }),
    );
  });

  test('reaches any of very many entries in a number of steps that grows with the logarithm of their number', () => {
    const count = 100_000;
    let log = Log.empty;
    let reads = 0;
    for (let number = 1; number <= count; number++) {
      log = log.append(request(number));
      const { length } = log;
      const get = (): number => {
        reads++;
        return length;
      };
      // Each step of a walk reads the length of the log that it has reached, and of the one that it may reach next.
      Object.defineProperty(log, 'length', { get });
    }
    const most = 20 * Math.log2(count);
    for (const opNumber of [1, 2, 3, 50, 100, count / 2, count / 2 + 1, count - 100, count - 1, count]) {
      reads = 0;
      log.at(opNumber);
      expect(reads).toBeGreaterThan(0);
      expect(reads).toBeLessThan(most);
    }
  });
});

describe('a suffix of the log in a message', () => {
  test('carries the entries after a place, and states where it starts and ends', () => {
    fc.assert(
      fc.property(entriesAndPlace, ([list, after]) => {
        const suffix = logOf(list).suffix(after);
        expect([suffix.after, suffix.opNumber]).toEqual([after, list.length]);
        expect(suffix.toJSON()).toEqual({ after, entries: list.slice(after) });
      }),
    );
  });

  test('yields the entries after any that it carries, and throws for those before', () => {
    fc.assert(
      fc.property(entriesAndPlace, fc.nat({ max: 130 }), ([list, after], opNumber) => {
        const suffix = logOf(list).suffix(after);
        if (opNumber < after) expect(() => suffix.entriesAfter(opNumber)).toThrow(RangeError);
        else expect(suffix.entriesAfter(opNumber)).toEqual(list.slice(opNumber));
      }),
    );
  });
});
