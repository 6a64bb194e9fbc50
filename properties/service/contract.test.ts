import { describe, expect, test } from 'vitest';
import {
  type Configuration,
  configure,
  createReplica,
  defineService,
  type Json,
  type Output,
  type Predicted,
  type Replica,
  type Request,
  type Service,
  step,
  Tree,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';

type Apply = (state: unknown, operation: Json, predicted: Predicted) => unknown;

/** A service that yields whatever this function yields, also what its type forbids. */
function yielding(apply: Apply, initial: unknown = { count: 5 }): Service {
  const service: Service = {
    initial,
    validate: () => undefined,
    apply: (state) => ({ state, result: null }),
  };
  return Object.assign(service, { apply });
}

/** A replica that is a group by itself. */
class Alone {
  readonly replica: Replica;
  private asked = 0;

  constructor(service: Service, checkpointEvery = 1000) {
    const configuration: Configuration = configure(1, 'diskless', service, { ...asInVrr, checkpointEvery });
    this.replica = createReplica(configuration, 0);
  }

  ask(operation: Json): readonly Output[] {
    const requestNumber = ++this.asked;
    const message: Request = { type: 'REQUEST', operation, clientId: 'ann', session: 0, requestNumber };
    return step(this.replica, { type: 'message', message });
  }

  /** Why the service failed at this operation; undefined if it did not. */
  problem(operation: Json): string | undefined {
    for (const output of this.ask(operation)) if (output.type === 'failed') return output.problem;
    return undefined;
  }
}

class Account {
  readonly balance = 1;
}

const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;

describe('an operation fails, and changes nothing, where apply yields', () => {
  test.each<[string, unknown, string]>([
    ['a promise', Promise.resolve({ state: 1, result: 1 }), 'apply returned a promise'],
    ['undefined', undefined, 'apply returned undefined: return { state, result }'],
    ['null', null, 'apply returned null: return { state, result }'],
    ['a number', 1, 'apply returned a number: return { state, result }'],
    ['nothing in an object', {}, 'apply returned an object without state: return { state, result }'],
    ['no state', { result: 1 }, 'apply returned an object without state: return { state, result }'],
    ['no result', { state: 1 }, 'apply returned an object without result: return { state, result }'],
    ['an undefined result', { state: 1, result: undefined }, 'result is undefined'],
    ['a result that is NaN', { state: 1, result: [Number.NaN] }, 'result[0] is NaN'],
    ['a result with a list with gaps', { state: 1, result: Array(1) }, 'result[0] is missing'],
    [
      'a result with half a character',
      { state: 1, result: { a: '\ud800' } },
      'result.a has half a character',
    ],
    ['an undefined state', { state: undefined, result: 1 }, 'state is undefined'],
    ['a state that is a promise', { state: Promise.resolve(1), result: 1 }, 'state is a Promise'],
    ['a Map', { state: { a: [new Map()] }, result: 1 }, 'state.a[0] is a Map'],
    ['a Set', { state: { 'a b': new Set() }, result: 1 }, 'state["a b"] is a Set'],
    ['a Date', { state: { at: new Date(0) }, result: 1 }, 'state.at is a Date'],
    ['a function', { state: [() => 1], result: 1 }, 'state[0] is a function'],
    ['a symbol', { state: [Symbol('x')], result: 1 }, 'state[0] is a symbol'],
    [
      'a name that is a symbol',
      { state: { a: { [Symbol('x')]: 1 } }, result: 1 },
      'state.a has a name that is a symbol',
    ],
    ['a bigint', { state: { n: 1n }, result: 1 }, 'state.n is a bigint'],
    ['infinity', { state: { n: -Infinity }, result: 1 }, 'state.n is -Infinity'],
    ['an undefined part', { state: { lease: undefined }, result: 1 }, 'state.lease is undefined'],
    ['an object of a class', { state: { ann: new Account() }, result: 1 }, 'state.ann is an Account'],
    [
      'an object without prototype',
      { state: { a: Object.create(null) }, result: 1 },
      'state.a has no prototype',
    ],
    ['a Tree inside an object', { state: { a: Tree.empty() }, result: 1 }, 'state.a is a Tree'],
    ['a circle', { state: cyclic, result: 1 }, 'state.self contains itself'],
  ])('%s', (_, applied, problem) => {
    const alone = new Alone(yielding(() => applied));
    expect(alone.problem(1)).toContain(problem);
    expect(alone.replica).toMatchObject({ commitNumber: 1, serviceState: { count: 5 } });
    expect(alone.replica.clientTable.get('ann')).toMatchObject({ failed: [1] });
  });
});

describe('an apply that changes its arguments fails, and they stay as they were', () => {
  const counting = (change: Apply) =>
    yielding((state, operation, predicted) => {
      change(state, operation, predicted);
      return { state, result: 1 };
    });

  test.each<[string, Apply]>([
    ['the state', (state) => Object.assign(Object(state), { count: 6 })],
    ['a new part of the state', (state) => Object.assign(Object(state), { other: 6 })],
    ['the operation', (_, operation) => Object.assign(Object(operation).parts[0], { n: 2 })],
    ['the prediction', (_, __, predicted) => Object.assign(predicted, { time: 7 })],
  ])('%s', (_, change) => {
    const alone = new Alone(counting(change));
    expect(alone.problem({ parts: [{ n: 1 }] })).toMatch(/^TypeError: Cannot (?:assign|add)/);
    expect(alone.replica.serviceState).toEqual({ count: 5 });
    expect(alone.replica.log.at(1)).toMatchObject({
      operation: { parts: [{ n: 1 }] },
      predicted: { time: 0, random: 0 },
    });
  });

  test('and so does one that changes a part which it added before, or a result', () => {
    const kept = { list: [1] };
    const alone = new Alone(
      yielding((_, operation) => {
        if (operation === 'change') kept.list.push(2);
        return { state: kept, result: kept.list };
      }),
    );
    expect(alone.problem('keep')).toBeUndefined();
    expect(alone.problem('change')).toContain('TypeError');
    expect(alone.replica.serviceState).toEqual({ list: [1] });
  });

  test('and so does one that changes a value in a Tree, of which the digest would not tell', () => {
    const polls: Service<Tree> = {
      initial: Tree.empty<Json>().with([['lunch', { votes: {} }]]),
      validate: () => undefined,
      apply: (state, operation) => {
        const { votes } = Object(state.get('lunch'));
        Object.assign(votes, { ann: operation });
        return { state, result: 'ok' };
      },
      snapshot: (state) => state,
      restore: (parts) => parts,
    };
    const alone = new Alone(polls);
    expect(alone.problem('soup')).toMatch(/^TypeError: Cannot add/);
    expect(alone.replica).toMatchObject({ serviceState: polls.initial });
    expect(polls.initial.get('lunch')).toEqual({ votes: {} });
  });

  test('and so does one that changes a state that was restored', () => {
    const alone = new Alone(counting((state) => Object.assign(Object(state), { count: 6 })));
    alone.replica.serviceState = { count: 7 };
    expect(alone.problem(1)).toContain('TypeError');
    expect(alone.replica.serviceState).toEqual({ count: 7 });
  });
});

describe('a state that no checkpoint can keep', () => {
  test('is refused where the group is configured, by name and path', () => {
    const other = yielding(() => 1);
    for (const [initial, words] of [
      [{ accounts: new Map() }, 'initial.accounts is a Map'],
      [undefined, 'its initial is missing'],
      [[{ at: Number.NaN }], 'initial[0].at is NaN'],
    ] as const)
      expect(() => configure(3, 'durable', { ...other, initial })).toThrow(words);
  });

  test('is kept out of the checkpoint if it was frozen before, with an alarm that names it', () => {
    const hidden = Object.freeze({ ann: new Map() });
    const alone = new Alone(
      yielding(() => ({ state: hidden, result: 1 })),
      1,
    );
    const alarm = alone.ask(1).find(({ type }) => type === 'alarm');
    expect(alarm).toMatchObject({
      reason: { code: 'checkpoint-not-taken', problem: expect.stringContaining('state.ann is a Map') },
    });
    expect(alone.replica.checkpoints).toEqual([]);
  });

  test('is kept out of the checkpoint if it is in a part, with an alarm that names the part', () => {
    const broken: Service<Tree> = {
      initial: Tree.empty<Json>(),
      validate: () => undefined,
      apply: (tree, operation) => ({
        state: operation === 1 ? tree.set('ann', 1) : tree.set('bob', { since: Number.NaN }),
        result: null,
      }),
    };
    const alone = new Alone(broken, 1);
    expect(alone.ask(1).some(({ type }) => type === 'alarm')).toBe(false);
    expect(alone.ask(2).find(({ type }) => type === 'alarm')).toMatchObject({
      reason: { problem: expect.stringContaining('the part "bob".since is NaN') },
    });
  });

  test('may be anything where the service has snapshot and restore', () => {
    const sums: Service<Map<string, number>> = {
      initial: new Map(),
      validate: () => undefined,
      apply: (state) => ({ state: new Map(state).set('n', (state.get('n') ?? 0) + 1), result: state.size }),
      snapshot: (state) => Tree.empty<Json>().with(state),
      restore: (parts) => new Map([...parts].map(([name, value]) => [name, Number(value)])),
    };
    const alone = new Alone(sums, 1);
    expect(alone.problem(1)).toBeUndefined();
    expect(alone.replica.checkpoints.at(-1)?.state.get('n')).toBe(1);
  });

  test('is no checkpoint if snapshot yields no Tree', () => {
    const parts: Service = Object.assign(
      yielding(() => ({ state: 1, result: 1 })),
      { snapshot: () => ({ n: 1 }), restore: () => 1 },
    );
    expect(new Alone(parts, 1).ask(1).find(({ type }) => type === 'alarm')).toMatchObject({
      reason: { problem: expect.stringContaining('snapshot returned an object: return a Tree') },
    });
  });
});

test('a Tree is a state as it is, without snapshot and restore', async () => {
  const { partsOf, stateOf } = await import('../../impl/index.ts');
  const trees: Service<Tree> = {
    initial: Tree.empty<Json>(),
    validate: () => undefined,
    apply: (tree) => ({ state: tree, result: null }),
  };
  const tree = Tree.empty<Json>().set('ann', 1);
  expect(partsOf(trees, tree)).toBe(tree);
  expect(stateOf(trees, tree)).toBe(tree);
});

test.each<[string, unknown, string]>([
  ['nothing', undefined, 'it is undefined. A service has initial, validate and apply.'],
  ['no initial state', { validate: () => undefined, apply: () => 1 }, 'its initial is missing'],
  ['no validate', { initial: 0, apply: () => 1 }, 'its validate is no function, and no Standard Schema'],
  ['an object that is no schema', { initial: 0, validate: {}, apply: () => 1 }, 'and no Standard Schema'],
  ['no apply', { initial: 0, validate: () => undefined }, 'its apply is no function'],
  [
    'an odd snapshot',
    { initial: 0, validate: () => undefined, apply: () => 1, snapshot: 1 },
    'its snapshot is no function',
  ],
])('defineService says what is wrong with a definition: %s', (_, definition, words) => {
  expect(() => Reflect.apply(defineService, undefined, [definition])).toThrow(words);
});
