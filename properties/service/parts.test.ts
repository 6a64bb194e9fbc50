import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  configure,
  type Json,
  keyValueService,
  ledgerService,
  partsOf,
  type Service,
  stateOf,
  Tree,
} from '../../impl/index.ts';
import { unpredicted } from '../unpredicted.ts';

/** A service whose state is its latest operation: any JSON value. */
const lastService: Service<Json> = {
  initial: null,
  validate: () => undefined,
  apply: (_, operation) => ({ state: operation, result: null }),
};

/** A service whose snapshot has a part for each item of its state, a list. */
const listService: Service<readonly Json[]> = {
  initial: [],
  validate: () => undefined,
  apply: (list, operation) => ({ state: [...list, operation], result: list.length }),
  snapshot: (list) => Tree.empty<Json>().with(list.map((item, index) => [`item ${index}`, item] as const)),
  restore: (parts) => {
    return Array.from({ length: parts.size }, (_, index) => {
      const item = parts.get(`item ${index}`);
      if (item === undefined) throw new Error(`There is no item ${index}.`);
      return item;
    });
  },
};

const lengthOfPart = 16 * 1024;

describe('the state of a service that does not say how to divide it', () => {
  test.each<[string, Json]>([
    ['nothing', null],
    ['a text', 'x'],
    ['a number', -1.5],
    ['lists and objects', { a: [1, { b: [] }], '': null, '0': true }],
    ['a long text', 'abc'.repeat(30_000)],
    [
      'a text of characters that JSON writes with a backslash, or with two units',
      '\u0001"\\é😀'.repeat(20_000),
    ],
    ['a text that falls apart between two units of a character', `${'x'.repeat(lengthOfPart - 2)}😀`],
  ])('is restored unchanged: %s', (_, state) => {
    expect(stateOf(lastService, partsOf(lastService, state))).toEqual(state);
  });

  test('is restored unchanged after it was encoded as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // The value after a round trip through JSON, since a state must be JSON.
        const state: Json = JSON.parse(JSON.stringify(value));
        const entries: readonly (readonly [string, Json])[] = JSON.parse(
          JSON.stringify(partsOf(lastService, state)),
        );
        expect(stateOf(lastService, Tree.empty<Json>().with(entries))).toEqual(state);
      }),
    );
  });

  test('is its JSON text, cut into numbered parts of 16 Ki characters, the last of which may be shorter', () => {
    const sizes = [lengthOfPart, lengthOfPart + 1, 2 * lengthOfPart, 2 * lengthOfPart + 1].map((length) => {
      // The quotation marks belong to it.
      const parts = partsOf(lastService, 'x'.repeat(length - 2));
      expect(parts.get('0')).toBe(
        `"${'x'.repeat(lengthOfPart - 1)}`.slice(0, length - 1).padEnd(lengthOfPart, '"'),
      );
      return parts.size;
    });
    expect(sizes).toEqual([1, 2, 2, 3]);
  });

  test('has parts that stay the same where its text does not change', () => {
    const text = Array.from({ length: 20_000 }, (_, number) => number).join();
    const one = partsOf(lastService, text);
    const other = partsOf(lastService, `${text.slice(0, -1)}x`);
    expect(one.size).toBeGreaterThan(5);
    const changed = [...one.entries()].filter(([name, part]) => other.get(name) !== part);
    expect(changed.map(([name]) => name)).toEqual([String(one.size - 1)]);
  });

  test('is rejected if a part is missing or the parts do not join to JSON', () => {
    const parts = partsOf(lastService, 'x'.repeat(40_000));
    expect(parts.size).toBe(3);
    for (const name of ['0', '2']) expect(() => stateOf(lastService, parts.delete(name))).toThrow();
    expect(() => stateOf(lastService, Tree.empty<Json>())).toThrow();
    expect(() => stateOf(lastService, Tree.empty<Json>().set('0', '{'))).toThrow();
  });
});

describe('the state of a service that says how to divide it', () => {
  test('is divided and restored by the service itself', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 20 }), (list) => {
        const parts = partsOf(listService, list);
        expect(new Map(parts.entries())).toEqual(new Map(list.map((item, index) => [`item ${index}`, item])));
        expect(stateOf(listService, parts)).toEqual(list);
      }),
    );
  });

  test('is rejected if the service rejects it', () => {
    const parts = partsOf(listService, ['a', 'b']).delete('item 0');
    expect(() => stateOf(listService, parts)).toThrow('There is no item 0.');
  });
});

describe('the services that come with the protocol', () => {
  const keyed: fc.Arbitrary<Json> = fc.record({
    type: fc.constantFrom('set', 'delete', 'get'),
    key: fc.string(),
    value: fc.jsonValue({ maxDepth: 1 }).map((value): Json => JSON.parse(JSON.stringify(value))),
  });

  /** A service restored from its parts after any operation yields the same states from then on. */
  function expectSame<State>(service: Service<State>, operations: readonly Json[]): void {
    let state: unknown = service.initial;
    let restored: unknown = service.initial;
    const plain: Service = configure(1, 'diskless', service).service;
    for (const operation of operations) {
      const one = plain.apply(state, operation, unpredicted);
      const other = plain.apply(restored, operation, unpredicted);
      expect(other.result).toEqual(one.result);
      expect(partsOf(plain, other.state).digest).toBe(partsOf(plain, one.state).digest);
      state = one.state;
      restored = stateOf(plain, partsOf(plain, other.state));
    }
  }

  test('the key-value service goes on from its parts as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.array(keyed, { maxLength: 30 }), (operations) =>
        expectSame(keyValueService, operations),
      ),
    );
  });

  test('the ledger goes on from its parts as if it had never stopped', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 30 }), (operations) =>
        expectSame(ledgerService, operations),
      ),
    );
  });

  test('the key-value service has a part for each key, so that equal keys need not be sent', () => {
    const state = ['a', 'b', 'a'].reduce(
      (store, key) => keyValueService.apply(store, { type: 'set', key, value: key }, unpredicted).state,
      keyValueService.initial,
    );
    expect(new Map(partsOf(keyValueService, state).entries())).toEqual(
      new Map([
        ['a', 'a'],
        ['b', 'b'],
      ]),
    );
  });
});

describe('the configuration of checkpoints', () => {
  test('rejects a service with only one of snapshot and restore', () => {
    const { snapshot, restore, ...neither } = listService;
    if (snapshot === undefined || restore === undefined) throw new Error('It has both.');
    const words = 'a service has both snapshot and restore, or neither.';
    for (const half of [
      { ...neither, snapshot },
      { ...neither, restore },
    ]) {
      expect(() => configure(3, 'durable', half)).toThrow(TypeError);
      expect(() => configure(3, 'durable', half)).toThrow(words);
    }
    for (const whole of [neither, listService]) expect(configure(3, 'durable', whole).service).toBe(whole);
  });

  test.each([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
    'none is taken after every %d entries',
    (checkpointEvery) => {
      const make = () => configure(3, 'durable', ledgerService, { checkpointEvery });
      expect(make).toThrow(RangeError);
      expect(make).toThrow(`after every 1 entry or more, not ${checkpointEvery}`);
    },
  );

  test('allows one after each entry or after any number of entries', () => {
    for (const checkpointEvery of [1, 7, Number.MAX_SAFE_INTEGER])
      expect(configure(3, 'durable', ledgerService, { checkpointEvery }).checkpointEvery).toBe(
        checkpointEvery,
      );
    const { checkpointEvery } = configure(3, 'durable', ledgerService, { checkpointEvery: undefined });
    expect(checkpointEvery).toBe(configure(3, 'durable', ledgerService).checkpointEvery);
    expect(checkpointEvery).toBeGreaterThan(100);
  });
});
