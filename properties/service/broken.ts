import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Applied, defineService, type Json, type Service, Tree } from '../../impl/index.ts';

/** Adds an amount, or reads the sum. */
const operation = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('add'), amount: z.int().min(1).max(9) }),
  z.strictObject({ type: z.literal('read') }),
]);
type Operation = z.infer<typeof operation>;

interface Sums {
  readonly sum: number;
  readonly adds: number;
}

/** A counter that keeps its contract. */
export const counter = defineService({
  initial: { sum: 0, adds: 0 },
  validate: operation,
  apply: (state: Sums, operation) => {
    if (operation.type === 'read') return { state, result: state.sum };
    const sum = state.sum + operation.amount;
    return { state: { sum, adds: state.adds + 1 }, result: sum };
  },
  isRead: ({ type }) => type === 'read',
});

type Counter = Service<Sums, Operation, number>;
type Changed = { readonly [Name in keyof Counter]?: unknown };

/** The counter with other members, also ones that the compiler would reject. */
function counterWith(members: Changed): Counter {
  return Object.assign({ ...counter }, members);
}

/** A counter whose additions end with this. */
function ending(end: (applied: Applied<Sums, number>, before: Sums) => unknown): Counter {
  const apply: Counter['apply'] = (state, given, predicted) => {
    const applied = counter.apply(state, given, predicted);
    return applied.state === state ? applied : Object.assign({}, applied, end(applied, state));
  };
  return counterWith({ apply });
}

function replacing(end: (applied: Applied<Sums, number>, before: Sums) => unknown): Counter {
  const apply = (state: Sums, given: Json, predicted: { readonly time: number; readonly random: number }) => {
    const applied = counter.apply(state, given, predicted);
    return applied.state === state ? applied : end(applied, state);
  };
  return counterWith({ apply });
}

const inParts = (names: readonly (keyof Sums)[]): Changed => ({
  snapshot: (state: Sums) => Tree.empty<Json>().with(names.map((name) => [name, state[name]] as const)),
  restore: (parts: Tree) => ({ sum: Number(parts.get('sum') ?? 0), adds: Number(parts.get('adds') ?? 0) }),
});

/** A service for each way to break the contract, and words of the error that says so. */
export const broken: readonly (readonly [name: string, service: Counter, error: RegExp])[] = [
  [
    'changes that are none',
    counterWith({ changes: () => [{ type: 'set', key: 'sum' }] }),
    /apply\(.*\) has changes that are none: 0\.value: a value is missing/,
  ],
  [
    'changes of a read',
    counterWith({
      apply: (state: Sums) => ({ state, result: 1 }),
      isRead: () => true,
      changes: () => [{ type: 'delete', key: 'sum' }],
    }),
    /apply\(.*\) is a read by isRead, and tells changes: /,
  ],
  [
    'changes that draw a random number',
    counterWith({ changes: () => [{ type: 'set', key: 'sum', value: Math.random() }] }),
    /changes\(.*\) uses Math\.random/,
  ],
  [
    'throws',
    replacing(() => {
      throw new RangeError('too much');
    }),
    /RangeError: too much/,
  ],
  ['promise', replacing(async (applied) => applied), /apply returned a promise/],
  ['undefined', replacing(() => undefined), /apply returned undefined/],
  ['no state', replacing(({ result }) => ({ result })), /an object without state/],
  ['no result', replacing(({ state }) => ({ state })), /an object without result/],
  ['result is no JSON', ending(() => ({ result: { at: new Date(0) } })), /result\.at is a Date/],
  [
    'changes the state',
    ending(({ state }, before) => ({ state: Object.assign(before, state) })),
    /Cannot assign to read only property 'sum'/,
  ],
  [
    'changes the operation',
    counterWith({
      apply: (state: Sums, given: Json) => ({
        state,
        result: Object.assign(Object(given), { amount: 0 }).amount,
      }),
    }),
    /Cannot (?:assign to read only|add) property/,
  ],
  [
    'keeps a Map',
    ending(({ state }) => ({ state: { ...state, seen: new Map() } })),
    /state\.seen is a Map: use a plain object or a Tree/,
  ],
  [
    'keeps -0',
    ending(({ state }) => ({ state: { ...state, rest: -0 } })),
    /state\.rest is -0, and after a checkpoint 0/,
  ],
  [
    'draws a random number',
    ending(() => ({ result: Math.floor(Math.random() * 9) })),
    /uses Math\.random\(\)/,
  ],
  ['draws a UUID', ending(() => ({ result: randomUUID() })), /uses crypto\.randomUUID\(\)/],
  ['reads the clock', ending(() => ({ result: Date.now() })), /uses Date\.now\(\): use predicted\.time/],
  ['makes a Date', ending(() => ({ result: new Date().getUTCDay() })), /uses new Date\(\)/],
  ['counts outside', countingOutside(), /something else for the same state.*result is \d+, and then \d+/],
  ['loses a part', counterWith(inParts(['sum'])), /state\.adds is 1, and after a checkpoint 0/],
  ['writes in a read', counterWith({ isRead: () => true }), /is a read by isRead, and changes the state/],
  [
    'validate throws',
    counterWith({
      validate: (given: Json) => {
        if (Object(given).type === 'read') throw new Error('not now');
        return undefined;
      },
    }),
    /not now/,
  ],
];

function countingOutside(): Counter {
  let calls = 0;
  return ending(() => ({ result: ++calls }));
}
