import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Json, type KeyValueOperation, keyValueService } from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';

const key = fc.constantFrom('a', 'b', '', '__proto__', 'constructor');
const value: fc.Arbitrary<Json> = fc.constantFrom(
  null,
  0,
  1,
  '1',
  false,
  [],
  [1, 2],
  { a: 1, b: 2 },
  { b: 2, a: 1 },
);
const operation: fc.Arbitrary<KeyValueOperation> = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('set' as const), key, value }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({ type: fc.constant('compare-and-set' as const), key, expected: value, value }),
  fc.record({ type: fc.constant('size' as const) }),
);

/** Two values are equal if they differ only in the order of names. */
function same(left: Json, right: Json): boolean {
  return sorted(left) === sorted(right);
}

function sorted(json: Json): string {
  return JSON.stringify(json, (_, part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** The same operations on a plain Map. */
function onMap(map: Map<string, Json>, asked: KeyValueOperation): Json {
  switch (asked.type) {
    case 'size':
      return map.size;
    case 'get':
      return map.get(asked.key) ?? null;
    case 'set':
      map.set(asked.key, asked.value);
      return asked.value;
    case 'delete':
      return map.delete(asked.key);
    case 'compare-and-set':
      if (!same(map.get(asked.key) ?? null, asked.expected)) return false;
      map.set(asked.key, asked.value);
      return true;
  }
}

describe('the key-value service', () => {
  test('yields the results of a Map, operation by operation', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const map = new Map<string, Json>();
        let store = keyValueService.initial;
        for (const asked of operations) {
          const { state, result } = keyValueService.apply(store, asked, unpredicted);
          expect(result).toEqual(onMap(map, asked));
          store = state;
        }
        expect(new Map(store.entries())).toEqual(map);
      }),
    );
  });

  test('leaves every earlier state unchanged', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 20 }), (operations) => {
        const states = [keyValueService.initial];
        const copies = [new Map<string, Json>()];
        for (const asked of operations) {
          const { state } = keyValueService.apply(
            states.at(-1) ?? keyValueService.initial,
            asked,
            unpredicted,
          );
          states.push(state);
          copies.push(new Map(state.entries()));
        }
        expect(states.map((state) => new Map(state.entries()))).toEqual(copies);
      }),
    );
  });

  test('reads a key that was never set, or was deleted, as null', () => {
    const { state } = keyValueService.apply(
      keyValueService.initial,
      { type: 'set', key: 'a', value: 1 },
      unpredicted,
    );
    const { state: without } = keyValueService.apply(state, { type: 'delete', key: 'a' }, unpredicted);
    for (const store of [keyValueService.initial, without]) {
      expect(keyValueService.apply(store, { type: 'get', key: 'a' }, unpredicted).result).toBeNull();
    }
  });

  test('compares values by meaning: regardless of the order of names, but not of elements', () => {
    const set: Json = { type: 'set', key: 'a', value: { x: [1, 2], y: { p: 1, q: 2 } } };
    const { state } = keyValueService.apply(keyValueService.initial, set, unpredicted);
    const matches = (expected: Json) =>
      keyValueService.apply(state, { type: 'compare-and-set', key: 'a', expected, value: 0 }, unpredicted)
        .result;
    expect(matches({ y: { q: 2, p: 1 }, x: [1, 2] })).toBe(true);
    expect(matches({ y: { q: 2, p: 1 }, x: [2, 1] })).toBe(false);
  });

  test('accepts every operation of its own', () => {
    fc.assert(
      fc.property(operation, (asked) => {
        expect(keyValueService.validate(asked)).toBeUndefined();
      }),
    );
  });
});

describe('the key-value service rejects', () => {
  const rejected: readonly (readonly [Json, string])[] = [
    [null, 'an operation must be an object such as {"type":"get","key":"a"}'],
    ['get a', 'an operation must be an object such as {"type":"get","key":"a"}'],
    [[], 'an operation must be an object such as {"type":"get","key":"a"}'],
    [{ type: 'get' }, 'an operation needs a "key" that is a string'],
    [{ type: 'get', key: 1 }, 'an operation needs a "key" that is a string'],
    [{ type: 'set', key: 'a' }, 'a set needs a "value"'],
    [{ type: 'compare-and-set', key: 'a', expected: 1 }, 'a compare-and-set needs a "value"'],
    [
      { type: 'compare-and-set', key: 'a', value: 1 },
      'a compare-and-set needs an "expected" value (null for an absent key)',
    ],
    [
      { type: 'increment', key: 'a' },
      'unknown operation type "increment": use get, set, delete, compare-and-set or size',
    ],
  ];

  test.each(rejected)('%j', (asked, reason) => {
    expect(keyValueService.validate(asked)).toBe(reason);
    expect(() => keyValueService.apply(keyValueService.initial, asked, unpredicted)).toThrow(reason);
  });

  test('every other JSON value with a reason, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (anything) => {
        const json: Json = JSON.parse(JSON.stringify(anything));
        expect(keyValueService.validate(json)).toMatch(/^(an|unknown) operation /);
      }),
    );
  });
});
