import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
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
const single: fc.Arbitrary<KeyValueOperation> = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('set' as const), key, value }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({ type: fc.constant('compare-and-set' as const), key, expected: value, value }),
  fc.record({ type: fc.constant('size' as const) }),
  fc.record({ type: fc.constant('keys' as const), prefix: key }),
  fc.record({ type: fc.constant('keys' as const), prefix: key, after: key }),
);
const operations = fc.array(single, { minLength: 1, maxLength: 4 });
const multi = fc.record({ type: fc.constant('multi' as const), operations });
const operation: fc.Arbitrary<KeyValueOperation> = fc.oneof({ weight: 6, arbitrary: single }, multi);

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

const pages = z.object({ keys: z.array(z.string()), more: z.boolean() });
const pageOf = (result: Json) => pages.parse(result);

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
    case 'keys': {
      const begun = [...map.keys()].filter((one) => one.startsWith(asked.prefix)).sort();
      return { keys: begun.filter((one) => asked.after === undefined || one > asked.after), more: false };
    }
    case 'multi': {
      const before = [...map];
      const results: Json[] = [];
      for (const one of asked.operations) {
        const result = onMap(map, one);
        results.push(result);
        if (one.type !== 'compare-and-set' || result === true) continue;
        map.clear();
        for (const [name, kept] of before) map.set(name, kept);
        return { done: false, results };
      }
      return { done: true, results };
    }
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

  test('tells changes that make of the keys what the operation made of them, and none of a read', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const told = new Map<string, Json>();
        let store = keyValueService.initial;
        for (const asked of operations) {
          const { state, result } = keyValueService.apply(store, asked, unpredicted);
          const changes = keyValueService.changes?.(asked, result) ?? [];
          for (const change of changes)
            if (change.type === 'set') told.set(change.key, change.value);
            else expect(told.delete(change.key)).toBe(true);
          if (keyValueService.isRead?.(asked)) expect(changes).toEqual([]);
          store = state;
          expect(told).toEqual(new Map(store.entries()));
        }
      }),
    );
  });

  test('tells each change of a multi, in order, and no change of one that was not done', () => {
    const one = { type: 'set', key: 'a', value: 1 } as const;
    const two = { type: 'set', key: 'a', value: 2 } as const;
    const remove = { type: 'delete', key: 'a' } as const;
    const multi = { type: 'multi', operations: [one, two, remove, remove] } as const;
    expect(keyValueService.changes?.(multi, { done: true, results: [1, 2, true, false] })).toEqual([
      one,
      two,
      remove,
    ]);
    expect(keyValueService.changes?.(multi, { done: false, results: [1, 2] })).toEqual([]);
  });

  test('says which operations are reads: those that change no store, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 10 }), operation, (operations, asked) => {
        const store = operations.reduce(
          (state, one) => keyValueService.apply(state, one, unpredicted).state,
          keyValueService.initial,
        );
        if (keyValueService.isRead?.(asked))
          expect(keyValueService.apply(store, asked, unpredicted).state).toBe(store);
      }),
    );
    const all = (...types: readonly string[]) =>
      types.map((type) => ({ type, key: 'a', value: 1, expected: null }));
    const isRead = (asked: Json) => keyValueService.isRead?.(asked);
    expect(all('get', 'size', 'keys', 'set', 'delete', 'compare-and-set', 'nonsense').map(isRead)).toEqual([
      ...[true, true, true],
      ...[false, false, false, false],
    ]);
    const multi = (...types: readonly string[]) => isRead({ type: 'multi', operations: all(...types) });
    expect([multi('get', 'size'), multi('get', 'set')]).toEqual([true, false]);
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

  test('lists many keys in several answers, each of which fits into a message', () => {
    const names = Array.from({ length: 2_500 }, (_, index) => `key ${String(index).padStart(40, '0')}`);
    const store = keyValueService.initial.with(names.map((name) => [name, 1]));
    const listed: string[] = [];
    for (let after: string | undefined, more = true; more; after = listed.at(-1)) {
      const asked = { type: 'keys' as const, prefix: 'key', ...(after === undefined ? {} : { after }) };
      const { result } = keyValueService.apply(store, asked, unpredicted);
      const page = pageOf(result);
      expect(page.keys.length).toBeGreaterThan(0);
      expect(JSON.stringify(page).length).toBeLessThan(60_000);
      listed.push(...page.keys);
      more = page.more;
    }
    expect(listed).toEqual(names);
  });

  test('lists one key however long it is', () => {
    const long = 'k'.repeat(60_000);
    const { state } = keyValueService.apply(
      keyValueService.initial,
      { type: 'multi', operations: ['', 'x'].map((end) => ({ type: 'set', key: long + end, value: 1 })) },
      unpredicted,
    );
    const { result } = keyValueService.apply(state, { type: 'keys', prefix: '' }, unpredicted);
    expect(result).toEqual({ keys: [long], more: true });
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
      'unknown operation type "increment": use get, set, delete, compare-and-set, size, keys or multi',
    ],
    [{ type: 'keys', prefix: 1 }, 'the "prefix" and "after" of keys must be strings'],
    [{ type: 'keys', prefix: '', after: null }, 'the "prefix" and "after" of keys must be strings'],
    [{ type: 'multi', operations: [] }, 'a multi needs "operations": a list of at least one operation'],
    [
      { type: 'multi', operations: [{ type: 'size' }, { type: 'get' }] },
      'operation 1 of a multi: an operation needs a "key" that is a string',
    ],
    [
      { type: 'multi', operations: [{ type: 'multi', operations: [{ type: 'size' }] }] },
      'operation 0 of a multi must be no multi',
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
