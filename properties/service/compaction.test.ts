import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Entry, Log, noEnd } from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';

function request(requestNumber: number): Entry {
  return {
    type: 'REQUEST',
    operation: `op ${requestNumber}`,
    clientId: 'ann/0',
    session: 0,
    requestNumber,
    predicted: unpredicted,
  };
}

function requests(after: number, last: number): readonly Entry[] {
  return Array.from({ length: last - after }, (_, index) => request(after + index + 1));
}

function logOf(length: number): Log {
  return requests(0, length).reduce((log, entry) => log.append(entry), Log.empty);
}

/** How long a log is, and how many of its first entries are gone. */
const lengthAndBase = fc.nat({ max: 70 }).chain((length) => fc.tuple(fc.constant(length), fc.nat(length)));
const lengthBaseAndPlace = lengthAndBase.chain(([length, base]) =>
  fc.tuple(fc.constant(length), fc.constant(base), fc.integer({ min: base, max: length })),
);

describe('a compacted log', () => {
  test('keeps the numbers of its entries, and its length', () => {
    fc.assert(
      fc.property(lengthAndBase, ([length, base]) => {
        const log = logOf(length).compacted(base);
        expect([log.base, log.length]).toEqual([base, length]);
        for (let number = base + 1; number <= length; number++)
          expect(log.at(number)).toEqual(request(number));
      }),
    );
  });

  test('yields the prefixes, suffixes and entries that it still has', () => {
    fc.assert(
      fc.property(lengthBaseAndPlace, ([length, base, place]) => {
        const log = logOf(length).compacted(base);
        expect([log.prefix(place).length, log.prefix(place).base]).toEqual([place, base]);
        expect(log.prefix(place).entriesAfter(base)).toEqual(requests(base, place));
        expect(log.entriesAfter(place)).toEqual(requests(place, length));
        expect(log.suffix(place).toJSON()).toEqual({ after: place, entries: requests(place, length) });
      }),
    );
  });

  test('throws if it is asked for entries that are gone', () => {
    fc.assert(
      fc.property(lengthAndBase, fc.nat({ max: 70 }), ([length, base], before) => {
        fc.pre(before < base);
        const log = logOf(length).compacted(base);
        for (const ask of [
          () => log.at(before),
          () => log.at(base),
          () => log.prefix(before),
          () => log.suffix(before),
          () => log.entriesAfter(before),
        ])
          expect(ask).toThrow(RangeError);
      }),
    );
  });

  test('throws if it is asked for a piece that begins before its first entry', () => {
    for (const after of [0, 1, 2]) {
      const ask = () => logOf(5).compacted(3).piece(after, 1);
      expect(ask).toThrow(RangeError);
      expect(ask).toThrow(`The log of 5 entries, of which the first 3 are gone, has not all after ${after}.`);
    }
  });

  test.each([
    [
      'an entry',
      (log: Log) => log.at(2),
      'The log of 5 entries, of which the first 2 are gone, has no entry 2.',
    ],
    ['a prefix', (log: Log) => log.prefix(1), 'of which the first 2 are gone, has no prefix of length 1'],
    ['entries', (log: Log) => log.entriesAfter(1), 'of which the first 2 are gone, has not all after 1'],
    ['a suffix', (log: Log) => log.suffix(1), 'A log with entries 3 to 5 has none after 1'],
  ])('names the request and its extent when it throws: %s', (_, ask, words) => {
    expect(() => ask(logOf(5).compacted(2))).toThrow(words);
  });

  test('takes further entries, and leaves the log that it was made of unchanged', () => {
    fc.assert(
      fc.property(lengthAndBase, fc.nat({ max: 20 }), ([length, base], more) => {
        const whole = logOf(length);
        const log = requests(length, length + more).reduce(
          (longer, entry) => longer.append(entry),
          whole.compacted(base),
        );
        expect([log.base, log.length]).toEqual([base, length + more]);
        expect(log.entriesAfter(base)).toEqual(requests(base, length + more));
        expect([whole.base, whole.length]).toEqual([0, length]);
        expect(whole.toJSON()).toEqual(requests(0, length));
      }),
    );
  });

  test('equals one that is compacted in two steps', () => {
    const once = logOf(9).compacted(6);
    const twice = logOf(9).compacted(4).compacted(6);
    expect(twice).toEqual(once);
    expect(JSON.stringify([once.prefix(6), once.prefix(7).entriesAfter(6)])).not.toContain('op 6');
  });

  test('is the same object if no further entry is dropped', () => {
    const whole = logOf(5);
    expect(whole.compacted(0)).toBe(whole);
    const log = whole.compacted(3);
    for (const base of [0, 2, 3]) expect(log.compacted(base)).toBe(log);
  });

  test('is empty if all of its entries or more are dropped', () => {
    for (const base of [5, 8]) {
      const log = logOf(5).compacted(base);
      expect([log.base, log.length, log.entriesAfter(base)]).toEqual([base, base, []]);
    }
  });

  test('keeps the time of the last dropped entry, which must be given only if the log never had it', () => {
    const log = [10, 20].reduce(
      (shorter, time) => shorter.append({ ...request(1), predicted: { time, random: 0 } }),
      Log.empty,
    );
    const end = { ...noEnd, time: 7 };
    expect(log.compacted(1).prefix(1).lastTime).toBe(10);
    expect(log.compacted(2).lastTime).toBe(20);
    // The log holds another entry there, so that none of its entries follows the given end.
    for (const base of [1, 2])
      expect(log.compacted(base, end)).toMatchObject({ base, length: base, lastTime: 7 });
    expect(log.compacted(3, end).lastTime).toBe(7);
  });

  test('equals a log that starts at its base if it has no entries', () => {
    expect(Log.after(0, noEnd)).toBe(Log.empty);
    const log = Log.after(7, noEnd);
    expect([log.base, log.length, log.entriesAfter(7)]).toEqual([7, 7, []]);
    expect(log.prefix(7)).toBe(log);
    expect(log.append(request(8)).at(8)).toEqual(request(8));
    expect(() => log.at(7)).toThrow(RangeError);
    expect(() => log.prefix(8)).toThrow(RangeError);
  });

  test('states its base in JSON only if it has one', () => {
    expect(logOf(2).toJSON()).toEqual(requests(0, 2));
    expect(logOf(3).compacted(1).toJSON()).toEqual({ after: 1, entries: requests(1, 3) });
    expect(Log.after(3, noEnd).toJSON()).toEqual({ after: 3, entries: [] });
  });

  test('yields a tail that reaches back no further than its base', () => {
    const log = logOf(6).compacted(4);
    const weight = JSON.stringify(request(1)).length;
    const ends = [1, weight, 2 * weight, 1e6].map((room) => log.tail(room));
    expect(ends.map(({ after, opNumber }) => [after, opNumber])).toEqual([
      [5, 6],
      [5, 6],
      [4, 6],
      [4, 6],
    ]);
    expect(Log.after(3, noEnd).tail(1e6).toJSON()).toEqual({ after: 3, entries: [] });
  });

  test('is divided into pieces like any other log', () => {
    const log = logOf(6).compacted(2);
    expect(log.piece(2, 1).toJSON()).toEqual({ after: 2, entries: requests(2, 3) });
    expect(log.piece(3, 1e6).toJSON()).toEqual({ after: 3, entries: requests(3, 6) });
    expect(log.piece(6, 1).toJSON()).toEqual({ after: 6, entries: [] });
  });
});

describe('a suffix that is put onto a compacted log', () => {
  test('starts at the base of the log if it would start before', () => {
    const log = logOf(6).suffix(1).onto(logOf(4).compacted(3));
    expect([log.base, log.length]).toEqual([3, 6]);
    expect(log.entriesAfter(3)).toEqual(requests(3, 6));
  });

  test('leaves the entries before it unchanged', () => {
    const log = logOf(6).suffix(5).onto(logOf(5).compacted(3));
    expect([log.base, log.entriesAfter(3)]).toEqual([3, requests(3, 6)]);
  });

  test('may end at the base of the log', () => {
    const log = logOf(3).suffix(1).onto(logOf(5).compacted(3));
    expect([log.base, log.length]).toEqual([3, 3]);
  });

  test('throws if it ends before the base or starts after the end of the log', () => {
    expect(() => logOf(2).suffix(1).onto(logOf(5).compacted(3))).toThrow(RangeError);
    expect(() => logOf(9).suffix(6).onto(logOf(5).compacted(3))).toThrow(RangeError);
  });

  test('may be compacted itself: the entries of the log before it stay', () => {
    const log = logOf(6).compacted(4).suffix(4).onto(logOf(5));
    expect([log.base, log.toJSON()]).toEqual([0, requests(0, 6)]);
  });

  test('is the whole log if the log starts as its own does', () => {
    const log = logOf(6).compacted(2);
    expect(log.suffix(3).onto(log.prefix(4))).toBe(log);
    expect(log.suffix(3).onto(logOf(4)).base).toBe(0);
  });
});
