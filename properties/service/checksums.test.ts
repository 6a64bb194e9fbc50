import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configure, type Entry, keyValueService, Log, LogSuffix, noEnd } from '../../impl/index.ts';
import { decodeSuffix, encodeSuffix } from '../../impl/node/encoding/logEncoding.ts';

const configuration = configure(3, 'durable', keyValueService, { sessions: Number.POSITIVE_INFINITY });

/** An entry whose contents depend on both numbers. */
function entry(requestNumber: number, random: number): Entry {
  const operation = { type: 'set', key: 'k', value: requestNumber };
  const predicted = { time: requestNumber, random };
  return { type: 'REQUEST', operation, clientId: 'ann/0', session: 0, requestNumber, predicted };
}

/** The log with an entry for each of these. */
function logOf(contents: readonly number[]): Log {
  return contents.reduce((log, random, index) => log.append(entry(index + 1, random)), Log.empty);
}

/** The suffix after its way through a message: the entries before it are not known. */
function received(suffix: LogSuffix): LogSuffix {
  const decoded = decodeSuffix(configuration, JSON.parse(JSON.stringify(encodeSuffix(suffix))));
  if (typeof decoded === 'string') throw new Error(decoded);
  return decoded;
}

const contents = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 12 });

/** Where two lists first differ, or the length of the shorter one. */
function common(one: readonly number[], other: readonly number[]): number {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place < 0 ? one.length : place;
}

describe('the chained checksum of a log', () => {
  test('is equal exactly for equal entries', () => {
    fc.assert(
      fc.property(contents, contents, (one, other) => {
        const isEqual = one.length === other.length && common(one, other) === one.length;
        // Only logs of one length are ever compared.
        fc.pre(one.length === other.length);
        expect(logOf(one).checksum === logOf(other).checksum).toBe(isEqual);
      }),
    );
  });

  test('stays the same when entries are dropped, however much of it was asked for before', () => {
    fc.assert(
      fc.property(contents, fc.nat(12), fc.nat(12), fc.boolean(), (all, base, asked, again) => {
        const log = logOf(all);
        if (asked <= log.length) void log.prefix(asked).checksum;
        const compacted = log.compacted(Math.min(base, log.length));
        const last = again ? compacted.append(entry(all.length + 1, 7)) : compacted;
        expect(last.checksum).toBe((again ? log.append(entry(all.length + 1, 7)) : log).checksum);
      }),
    );
  });

  test('begins with that of the last dropped entry', () => {
    const { lastTime: time, checksum } = logOf([1, 0, 1]);
    expect(Log.after(3, { time, checksum }).append(entry(4, 1)).checksum).toBe(logOf([1, 0, 1, 1]).checksum);
    expect(Log.after(3, noEnd).append(entry(4, 1)).checksum).not.toBe(logOf([1, 0, 1, 1]).checksum);
    expect(Log.empty.checksum).toBe(noEnd.checksum);
  });
});

describe('a part of a log, joined to another log', () => {
  test('is rejected exactly if the two differ before its end, or in entries that should be equal', () => {
    const seen = { joined: 0, rejected: 0 };
    const property = fc.property(
      contents,
      contents,
      fc.record({ after: fc.nat(12), base: fc.nat(12), shared: fc.nat(12), isEncoded: fc.boolean() }),
      (own, theirs, { after: from, base: dropped, shared: least, isEncoded }) => {
        const base = Math.min(dropped, own.length);
        const shared = Math.max(base, Math.min(least, own.length));
        const after = Math.min(from, theirs.length, shared);
        fc.pre(theirs.length >= base);
        const suffix = logOf(theirs).suffix(after);
        const joined = (isEncoded ? received(suffix) : suffix).joinedTo(logOf(own).compacted(base), shared);
        const isEqual = common(own, theirs) >= Math.min(shared, theirs.length);
        expect(joined !== undefined).toBe(isEqual);
        if (joined !== undefined) expect(joined.checksum).toBe(logOf(theirs).checksum);
        seen[isEqual ? 'joined' : 'rejected']++;
      },
    );
    fc.assert(property, { numRuns: 2000 });
    expect(Math.min(seen.joined, seen.rejected)).toBeGreaterThan(100);
  });

  test('is rejected if an entry was altered on the way', () => {
    const log = logOf([1, 1, 1]);
    const altered = new LogSuffix(1, logOf([1, 0, 1]), log.checksum);
    expect(received(altered).joinedTo(log.prefix(1), 1)).toBeUndefined();
    expect(received(log.suffix(1)).joinedTo(log.prefix(1), 1)?.length).toBe(3);
  });

  test('is not compared where a checkpoint stands for all of it', () => {
    const own = logOf([1, 1, 1, 1]).compacted(3);
    expect(logOf([0, 0]).suffix(1).joinedTo(own, 4)).toBe(own);
  });
});
