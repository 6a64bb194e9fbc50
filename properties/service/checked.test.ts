import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { configure, type Json, type Predicted, Tree } from '../../impl/index.ts';
import { ExecutionFailedError, NotExecutedError } from '../../impl/node/client/errors.ts';
import { checked } from '../../impl/node/development/checked.ts';
import { LocalGroup } from '../../impl/node/localGroup.ts';
import { generousTimeout } from '../node/servedGroup.ts';
import { inVirtualTime } from '../node/virtualTime.ts';
import { broken, counter } from './broken.ts';

const add = { type: 'add', amount: 2 } as const;
const read = { type: 'read' } as const;
const at: Predicted = { time: 5, random: 7 };

/** Applies the operations with the checked service, one after the other. */
function run(service: typeof counter, operations: readonly Json[]): readonly Json[] {
  const held = checked(service);
  let state = held.initial;
  return operations.map((operation) => {
    expect(held.validate(operation)).toBeUndefined();
    const applied = held.apply(state, operation, at);
    state = applied.state;
    return applied.result;
  });
}

test('what is no service at all is refused', () => {
  for (const given of [undefined, 7, { initial: 0, apply: () => undefined }])
    expect(() => Reflect.apply(checked, undefined, [given])).toThrow(
      /^This is no service: it.* A service has initial,/,
    );
});

describe('a checked service', () => {
  test('gives what the service gives, if the service keeps its contract', () => {
    expect(run(counter, [read, add, add, read])).toEqual([0, 2, 4, 4]);
    expect(checked(counter).validate({ type: 'add', amount: 10 })).toContain('operation.amount: ');
  });

  test.each(broken)('says what is broken, where: %s', (_, service, error) => {
    const errorOf = (): string => {
      try {
        run(service, [add, read]);
      } catch (thrown) {
        return String(thrown);
      }
      return 'none';
    };
    expect(errorOf()).toMatch(error);
  });

  test('leaves clocks and random numbers as they are afterwards, and finds them in both cases', () => {
    const before = [Date, Date.now, Math.random, performance.now];
    for (const [, service] of broken) expect(() => run(service, [add, read])).toThrow();
    expect([Date, Date.now, Math.random, performance.now]).toEqual(before);
    expect(new Date(7).getTime()).toBe(7);
    expect(new Date()).toBeInstanceOf(Date);
  });

  test('may make a Date of the predicted time', () => {
    const dated = {
      ...counter,
      apply: (state: typeof counter.initial, _: Json, { time }: Predicted) => ({
        state,
        result: new Date(time).getTime(),
      }),
    };
    expect(run(dated, [add])).toEqual([5]);
  });
});

describe('a checked service whose state is no plain data', () => {
  const predicted = { time: 0, random: 0 };

  test('may not change a Map in place, which cannot be frozen', () => {
    const counts = checked({
      initial: new Map<string, number>(),
      validate: () => undefined,
      apply: (state: Map<string, number>) => ({ state: state.set('n', 1), result: null }),
      snapshot: (state: Map<string, number>) => Tree.empty<Json>().with(state),
      restore: (parts: Tree) => new Map([...parts].map(([name, value]) => [name, Number(value)])),
    });
    expect(() => counts.apply(counts.initial, 1, predicted)).toThrow(
      'apply(1) changed the state that it was given: state.get("n") is undefined, and then 1',
    );
  });

  test('may put into a Tree only what JSON keeps', () => {
    const tree = checked({
      initial: Tree.empty<Json>(),
      validate: () => undefined,
      apply: (state: Tree) => ({ state: state.set('ann', { since: Number.NaN }), result: null }),
    });
    expect(() => tree.apply(tree.initial, 1, predicted)).toThrow('the part "ann".since is NaN');
  });

  test('must be validated in the same way each time', () => {
    let calls = 0;
    const moody = checked({ ...counter, validate: () => (++calls % 2 === 0 ? 'no' : undefined) });
    expect(() => moody.validate(1)).toThrow('validate says undefined to 1, and then "no"');
  });
});

describe('a local group', () => {
  test('rejects with the reason, and goes on, whatever the service does', () =>
    inVirtualTime(async () => {
      for (const [name, service, error] of broken) {
        const group = new LocalGroup(configure(3, 'durable', service), 5);
        const failed: unknown = await group
          .request(name === 'validate throws' ? read : add, { deadline: generousTimeout })
          .catch((thrown: unknown) => thrown);
        if (name === 'validate throws') expect(failed, name).toBeInstanceOf(NotExecutedError);
        else {
          expect(failed, name).toBeInstanceOf(ExecutionFailedError);
          expect(String(failed), name).toMatch(error);
        }
        if (name === 'writes in a read')
          expect(group.replica(0)?.serviceState, name).toEqual({ sum: 0, adds: 0 });
        group.close();
      }
    }));
});

describe('a service of a schema', () => {
  test('is given what the schema makes of an operation, and validates with its messages', () => {
    expect(counter.validate({ type: 'add', amount: 1 })).toBeUndefined();
    expect(counter.validate({ type: 'add', amount: 'x' })).toMatch(/^operation\.amount: .*expected number/);
    expect(counter.validate(7)).toMatch(/expected object/);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json: Json = JSON.parse(JSON.stringify(value));
        expect(typeof counter.validate(json)).toBe('string');
      }),
    );
  });
});
