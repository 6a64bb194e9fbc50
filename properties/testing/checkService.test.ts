import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineService, type Json, keyValueService, ledgerService, Tree } from '../../impl/index.ts';
import { SetupError } from '../../impl/node/cluster/setupError.ts';
import { checkService } from '../../impl/testing/checkService.ts';
import { seed } from '../seed.ts';
import { broken, counter } from '../service/broken.ts';

const add = fc.record({ type: fc.constant('add'), amount: fc.integer({ min: 1, max: 9 }) });
const read = fc.record({ type: fc.constant('read') });
const operations = fc.oneof(add, read);
const runs = 30;

/** A model of the counter that adds differently from this sum on. */
const modelUpTo = (last: number) => () => {
  let sum = 0;
  return (operation: { readonly type: 'read' } | { readonly type: 'add'; readonly amount: number }) => {
    if (operation.type === 'add' && sum <= last) sum += operation.amount;
    return sum;
  };
};

describe('checkService', () => {
  test('draws the operations from the schema of the service, if none are given', async () => {
    const drawn: unknown[] = [];
    const validate: typeof counter.validate = (operation) => {
      drawn.push(operation);
      return counter.validate(operation);
    };
    await checkService({ ...counter, validate }, { seed, runs });
    expect(drawn).toEqual(expect.arrayContaining([{ type: 'read' }, { type: 'add', amount: 1 }]));
  });

  test.each<[string, readonly [unknown, unknown?], string]>([
    ['no service', [undefined], 'its first argument is no service: it is undefined. A service has initial,'],
    ['the operations as its second argument', [counter, operations], 'checkService(service, { operations })'],
    ['no object', [counter, 7], 'its second argument is a number: write { operations, model,'],
    ['a list of operations', [counter, { operations: [1] }], 'operations is an object: give an arbitrary'],
    ['a model that is no function', [counter, { model: {} }], 'model is an object: give a function'],
    ['half a run', [counter, { runs: 0.5 }], 'runs is no whole number from 1'],
    ['a text for a seed', [counter, { seed: '1' }], 'seed is no whole number'],
  ])('says what is wrong with its arguments: %s', async (_, args, words) => {
    const error: unknown = await Reflect.apply(checkService, undefined, args).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain(words);
  });

  test('needs operations where no schema tells them', async () => {
    const error: unknown = await checkService(ledgerService, { seed, runs }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SetupError);
    expect(String(error)).toContain('defined without a schema. Give `operations`, an arbitrary');
  });

  test('is content with services that keep their contract', async () => {
    const done: number[] = [];
    const model = modelUpTo(Number.POSITIVE_INFINITY);
    const onRun = (run: number, all: number) => done.push(run / all);
    await checkService(counter, { operations, seed, runs, model, results: z.int(), onRun });
    expect(done.at(-1)).toBe(1);
    const keys = fc.constantFrom('a', 'b');
    const stores = fc.oneof(
      fc.record({ type: fc.constant('set'), key: keys, value: fc.nat(9) }),
      fc.record({ type: fc.constantFrom('get', 'delete'), key: keys }),
    );
    await checkService(keyValueService, { operations: stores, seed, runs });
    await checkService(ledgerService, { operations: fc.string(), seed, runs });
  });

  test.each(broken)('finds a service that breaks its contract: %s', async (_, service, error) => {
    await expect(checkService(service, { operations, seed, runs })).rejects.toThrow(error);
  });

  test('shows the shortest operations after which the service differs from its model', async () => {
    // With other amounts shrinking may end where no single operation can be left out, and fewer others would do.
    const nines = fc.oneof(fc.record({ type: fc.constant('add'), amount: fc.constant(9) }), read);
    const found: unknown = await checkService(counter, {
      operations: nines,
      seed,
      runs: 200,
      model: modelUpTo(12),
    }).catch((error: unknown) => error);
    const steps = [...String(found).matchAll(/^ +\d+ {2}(.*)$/gm)].map(([, step = '']) => JSON.parse(step));
    expect(String(found)).toMatch(
      /differs from the model: result is \d+, by the model, and by the service \d+/,
    );
    expect(steps.every(({ type }) => type === 'add')).toBe(true);
    expect(steps.length).toBeLessThanOrEqual(3);
    const again = checkService(counter, { operations: nines, seed, runs: 200, model: modelUpTo(12) });
    await expect(again).rejects.toThrow(String(found).replace('ServiceCheckError: ', ''));
  });

  test('finds a result that does not fit its description, and a description of no operation', async () => {
    const results = z.int().max(20);
    await expect(checkService(counter, { operations, seed, runs: 200, results })).rejects.toThrow(
      'does not fit',
    );
    const none = fc.constant({ type: 'add', amount: 100 } as const);
    await expect(checkService(counter, { operations: none, seed, runs })).rejects.toThrow(
      'accepts none of the operations',
    );
  });

  test('finds what only a replica loses that goes on from a checkpoint, with the faults that it takes', async () => {
    await expect(checkService(forgetful(), { operations: fc.constant(null), seed, runs })).rejects.toThrow(
      /different results|depends on faults/,
    );
  });

  test('refuses an initial state that no checkpoint can keep', async () => {
    const service = { ...counter, initial: Object.assign({ ...counter.initial }, { seen: new Set() }) };
    await expect(checkService(service, { operations, seed, runs })).rejects.toThrow('initial.seen is a Set');
  });
});

/** Counts in a field that no comparison sees, and that the checkpoint leaves out. */
function forgetful() {
  class Hidden {
    #count = 0;
    static after(count: number): Hidden {
      const next = new Hidden();
      next.#count = count;
      return next;
    }
    get count(): number {
      return this.#count;
    }
  }
  return defineService({
    initial: new Hidden(),
    validate: () => undefined,
    apply: (state: Hidden) => ({ state: Hidden.after(state.count + 1), result: state.count }),
    snapshot: () => Tree.empty<Json>(),
    restore: () => new Hidden(),
  });
}
