import { describe, expect, test } from 'vitest';
import { type Entry, Log } from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';

function logOf(...operations: readonly string[]): Log {
  return operations.reduce((log, operation) => log.append(requestOf(operation)), Log.empty);
}

function requestOf(operation: string): Entry {
  return {
    type: 'REQUEST',
    operation,
    clientId: 'ann/0',
    session: 0,
    requestNumber: 1,
    predicted: unpredicted,
  };
}

function operationsOf(log: Log): readonly unknown[] {
  return log.entriesAfter(0).map(({ operation }) => operation);
}

describe('a suffix of a log that is put onto another log', () => {
  test('keeps the entries before it, and replaces all that followed', () => {
    expect(
      operationsOf(
        logOf('a', 'b', 'c')
          .suffix(1)
          .onto(logOf('x', 'y', 'z', 'z')),
      ),
    ).toEqual(['x', 'b', 'c']);
  });

  test('is the whole log if the log starts as its own does', () => {
    const log = logOf('a', 'b', 'c');
    expect(log.suffix(1).onto(log.prefix(2))).toBe(log);
  });

  test('throws if the log is too short', () => {
    expect(() => logOf('a', 'b', 'c').suffix(2).onto(logOf('a'))).toThrow(RangeError);
  });
});

describe('the error for entries that a log does not have states the request', () => {
  const log = logOf('a', 'b');

  test.each([
    ['an entry', () => log.at(0), 'entries has no entry 0'],
    ['a prefix', () => log.prefix(7), 'has no prefix of length 7'],
    ['a suffix', () => log.suffix(7), 'has none after 7'],
    ['entries before a suffix', () => log.suffix(2).entriesAfter(1), 'Entries after 1 were asked of'],
  ])('%s', (_what, ask, words) => {
    expect(ask).toThrow(words);
  });
});

describe('pieces of a log', () => {
  const log = logOf('a', 'b', 'c', 'd');
  const weight = JSON.stringify(requestOf('a')).length;
  const numbersOf = ({ after, opNumber }: { readonly after: number; readonly opNumber: number }) => [
    after,
    opNumber,
  ];

  test.each([
    ['one', weight, [1, 2]],
    ['two', 2 * weight, [1, 3]],
    ['not quite two', 2 * weight - 1, [1, 2]],
    ['all', 3 * weight, [1, 4]],
    ['much more', 1e6, [1, 4]],
    ['not even one, which goes all the same', weight - 1, [1, 2]],
  ])('from the front hold as many entries as fit: %s', (_, maxChars, numbers) => {
    expect(numbersOf(log.piece(1, maxChars))).toEqual(numbers);
  });

  test.each([
    ['one', weight, [3, 4]],
    ['two', 2 * weight, [2, 4]],
    ['not quite two', 2 * weight - 1, [3, 4]],
    ['all', 4 * weight, [0, 4]],
    ['much more', 1e6, [0, 4]],
    ['not even one, which goes all the same', weight - 1, [3, 4]],
  ])('from the end hold as many entries as fit: %s', (_, maxChars, numbers) => {
    expect(numbersOf(log.tail(maxChars))).toEqual(numbers);
  });

  test('are empty if the log is empty', () => {
    expect(numbersOf(log.piece(4, 1))).toEqual([4, 4]);
    expect(numbersOf(Log.empty.tail(1))).toEqual([0, 0]);
  });
});
