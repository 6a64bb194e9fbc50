import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Json, keyValueService } from '../../impl/index.ts';
import { check, historyErrorIn } from '../../models/histories/check.ts';
import { textOf } from '../../models/histories/events/json.ts';
import { Configurations } from '../../models/histories/search/configurations.ts';
import { keyValue } from '../../models/histories/sequential/keyValue.ts';
import type { OperationContent, SequentialModel } from '../../models/histories/sequential/model.ts';
import { register } from '../../models/histories/sequential/register.ts';
import { written } from './histories.ts';

const value: fc.Arbitrary<Json> = fc.constantFrom(null, 0, 1, { a: 1, b: [2] }, { b: [2], a: 1 });
/** A well-formed operation, with or without a known result. */
const contents = (names: readonly string[]): fc.Arbitrary<OperationContent> =>
  fc
    .record({
      f: fc.constantFrom(...names),
      from: value,
      to: value,
      isDone: fc.boolean(),
      isKnown: fc.boolean(),
    })
    .map(({ f, from, to, isDone, isKnown }) => {
      const argument = f === 'cas' ? [from, to] : f === 'write' ? to : null;
      const returned = f === 'delete' ? isDone : f === 'read' ? to : argument;
      return { f, argument, result: isKnown ? returned : undefined };
    });

/** Expects the nature of random operations to hold in all these states. Counts the natures. */
function checkNature<State>(
  model: SequentialModel<State>,
  states: readonly State[],
  names: readonly string[],
) {
  const counts = { read: 0, overwrite: 0, other: 0, only: 0 };
  const nameOf = (state: State | undefined) => (state === undefined ? undefined : model.nameOf(state));
  fc.assert(
    fc.property(contents(names), (operation) => {
      const nature = model.nature(operation);
      const steps = states.map((state) => [nameOf(state), nameOf(model.apply(state, operation))] as const);
      const possible = steps.filter(([, after]) => after !== undefined);
      counts[nature.kind]++;
      if (nature.kind === 'read') for (const [before, after] of possible) expect(after).toBe(before);
      if (nature.kind === 'overwrite') {
        expect(possible).toHaveLength(states.length);
        expect(new Set(steps.map(([, after]) => after)).size).toBe(1);
      } else if (nature.only !== undefined) {
        counts.only++;
        const only = model.nameOf(nature.only);
        expect(possible.every(([before]) => before === only)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
  return counts;
}

describe('the nature of an operation holds in every state', () => {
  const values: readonly Json[] = [null, 0, 1, { a: 1, b: [2] }];

  test('of a register', () => {
    const counts = checkNature(register, values, ['read', 'write', 'cas']);
    expect(Math.min(counts.read, counts.overwrite, counts.other, counts.only)).toBeGreaterThan(50);
  });

  test('of a key of the key-value service', () => {
    const set = (value: Json) =>
      keyValueService.apply(keyValue.initial, { type: 'set', key: 'key', value }, { time: 0, random: 0 })
        .state;
    const states = [keyValue.initial, ...values.map(set)];
    expect(new Set(states.map(keyValue.nameOf)).size).toBe(states.length);
    const counts = checkNature(keyValue, states, ['read', 'write', 'cas', 'delete']);
    expect(Math.min(counts.read, counts.overwrite, counts.other)).toBeGreaterThan(50);
  });
});

describe('the text of a value', () => {
  test('is the same for equal values, whatever the order of their names', () => {
    expect(textOf({ b: [1, { d: null, c: 'x' }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(textOf({ a: 1 })).not.toBe(textOf({ a: '1' }));
  });
});

describe('the set of configurations', () => {
  /** An operation to place, or to remove if it is placed, and the state afterwards. */
  const change = fc.record({ place: fc.nat({ max: 70 }), isOpen: fc.boolean(), state: fc.nat({ max: 2 }) });
  const changes = fc
    .array(fc.tuple(change, fc.boolean()), { maxLength: 2000, size: 'max' })
    .map((all) => all.flatMap(([one, isUndone]) => (isUndone ? [one, one] : [one])));

  test('contains exactly the configurations that were added', () => {
    const seen = { new: 0, known: 0 };
    fc.assert(
      fc.property(changes, (all) => {
        const configurations = new Configurations(71, 71, Infinity);
        const inOrder = new Set<string>();
        const met = new Set<string>();
        for (const { place, isOpen, state } of all) {
          const name = `${isOpen ? 'open' : ''}${place}`;
          const isIn = inOrder.delete(name);
          if (isIn) configurations.takeOut(place, isOpen);
          else configurations.put(place, isOpen);
          if (!isIn) inOrder.add(name);
          if (isOpen) expect(configurations.hasOpen(place)).toBe(!isIn);
          const configuration = [...inOrder].sort().join() + state;
          const isNew = !met.has(configuration);
          expect(configurations.add(state)).toBe(isNew);
          seen[isNew ? 'new' : 'known']++;
          met.add(configuration);
          expect(configurations.size).toBe(met.size);
        }
      }),
      // Shrinking thousands of changes takes minutes and shows no more.
      { numRuns: 10, endOnFailure: true },
    );
    expect(seen.new).toBeGreaterThan(1000);
    expect(seen.known).toBeGreaterThan(100);
  });
});

describe('a sequential model', () => {
  test.each([
    [['0 invoke append 1'], 0, 'f', 'must be one of read, write, cas, delete, and is "append"'],
    [['0 invoke cas 1', '0 ok cas 1'], 0, 'value', 'must be [key, [from, to]] for a cas'],
    [['0 invoke read 1', '0 ok read 1'], 0, 'value', 'must be [key, null] to invoke a read'],
    [['0 invoke delete 1', '0 ok delete true'], 0, 'value', 'must be [key, null] to invoke a delete'],
    [['0 invoke write 1', '0 ok write 2'], 1, 'value', 'must be 1 for this key, as was invoked'],
    [['0 invoke cas 1 2', '0 ok cas 2 1'], 1, 'value', 'must be [1,2] for this key, as was invoked'],
    [['0 invoke delete', '0 ok delete 1'], 1, 'value', 'must be [key, true] or [key, false]'],
  ])('rejects %j', (lines, event, field, message) => {
    const events = written(...lines);
    expect(historyErrorIn(events, keyValue)).toEqual({ event, field, message });
    expect(() => check(events, keyValue, { configurations: 1, steps: 1 })).toThrow(message);
  });

  test('of a register rejects a delete', () => {
    const events = written('0 invoke delete', '0 ok delete true');
    expect(historyErrorIn(events, keyValue)).toBeUndefined();
    expect(historyErrorIn(events, register)).toMatchObject({ event: 0, field: 'f' });
  });
});
