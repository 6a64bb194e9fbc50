import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Json, type Ledger, ledgerService } from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';

const operations = fc.array(fc.string(), { maxLength: 12 });

function fold(
  list: readonly string[],
  predicted = unpredicted,
): { readonly ledger: Ledger; readonly results: readonly Json[] } {
  let ledger = ledgerService.initial;
  const results: Json[] = [];
  for (const operation of list) {
    const { state, result } = ledgerService.apply(ledger, operation, predicted);
    ledger = state;
    results.push(result);
  }
  return { ledger, results };
}

describe('the ledger', () => {
  test('gives the same results for the same operations in the same order', () => {
    fc.assert(
      fc.property(operations, (list) => {
        expect(fold(list)).toEqual(fold([...list]));
      }),
    );
  });

  test('returns to each operation the place at which it took effect', () => {
    fc.assert(
      fc.property(operations, (list) => {
        expect(fold(list).results).toMatchObject(list.map((_, index) => ({ position: index + 1 })));
      }),
    );
  });

  test('differs if two different operations are swapped', () => {
    fc.assert(
      fc.property(operations, fc.string(), fc.string(), operations, (before, one, other, after) => {
        fc.pre(one !== other);
        const swapped = fold([...before, other, one, ...after]);
        expect(fold([...before, one, other, ...after]).ledger).not.toEqual(swapped.ledger);
      }),
    );
  });

  test('differs if an operation is lost or repeated', () => {
    fc.assert(
      fc.property(operations, fc.string(), (list, operation) => {
        const { ledger } = fold([...list, operation]);
        expect(fold(list).ledger).not.toEqual(ledger);
        expect(fold([...list, operation, operation]).ledger).not.toEqual(ledger);
      }),
    );
  });

  test('differs for operations that join to the same text', () => {
    expect(fold(['ab', 'c']).ledger).not.toEqual(fold(['a', 'bc']).ledger);
    expect(fold(['']).ledger.digest).not.toBe(ledgerService.initial.digest);
  });

  test.each([
    { time: 1, random: 0 },
    { time: 2 ** 31, random: 0 },
    { time: 2 ** 32, random: 0 },
    { time: Number.MAX_SAFE_INTEGER, random: 0 },
    { time: 0, random: 1 },
    { time: 0, random: 2 ** 32 - 1 },
    { time: 1, random: 1 },
  ])('differs for other predicted values: %j', (predicted) => {
    expect(fold(['a'], predicted).results).not.toEqual(fold(['a']).results);
    expect(fold(['a'], predicted).ledger.digest).toBe(fold(['a'], predicted).ledger.digest >>> 0);
  });

  test('leaves the earlier ledger unchanged', () => {
    const { ledger } = fold(['a']);
    const copy = { ...ledger };
    ledgerService.apply(ledger, 'b', unpredicted);
    expect(ledger).toEqual(copy);
  });

  test('keeps its digest in 32 bits, which JSON carries without loss', () => {
    fc.assert(
      fc.property(operations, (list) => {
        const { digest } = fold(list).ledger;
        expect(digest).toBe(digest >>> 0);
      }),
    );
  });

  test('rejects every operation but a string', () => {
    for (const operation of [null, 1, true, [], {}]) {
      expect(ledgerService.validate(operation)).toBe('a ledger operation must be a string');
    }
    expect(ledgerService.validate('')).toBeUndefined();
  });
});
