import fc from 'fast-check';
import { Log, LogSuffix } from '../../impl/index.ts';

/** Nested more deeply than a careless recursion can follow. */
export const deep: unknown = JSON.parse(`${'['.repeat(20_000)}${']'.repeat(20_000)}`);

/** How a message is spoilt: some of its fields are replaced, or left out where the value is `absent`. */
export type Spoiling = readonly { readonly field: number; readonly value: unknown }[];

const absent = Symbol('absent');

/** Objects that JSON can carry and that make careless code throw when it turns them into text. */
const hostile: readonly unknown[] = [
  JSON.parse('{"toString":1,"valueOf":1}'),
  JSON.parse('{"toJSON":1}'),
  JSON.parse('{"__proto__":{"type":"PREPARE"}}'),
];

const request = { type: 'REQUEST', operation: 'a', clientId: 'c', session: 0, requestNumber: 1 } as const;
const entry = { ...request, predicted: { time: 0, random: 0 } };
const logs: readonly unknown[] = [
  Log.empty,
  Log.empty.append(entry),
  new LogSuffix(0, Log.empty.append(entry)),
];

/** Values for a field: mostly close to a valid one, since the first check rejects one that is far off. */
const values: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -2, max: 9 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      ...[absent, null, undefined, Number.NaN, Number.POSITIVE_INFINITY, -0, 0.5, 1.5, '0', '', [], {}, true],
      ...[2 ** 31, 2 ** 53 - 1, 2 ** 53, 1e300, 'REQUEST', 'PREPARE', 'NEWSTATE', 'NEWS', { ...request }],
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom(...logs, ...hostile) },
  { weight: 1, arbitrary: fc.anything({ withBigInt: true, withNullPrototype: true, withMap: true }) },
);

/** Spoilings, the empty one among them: it leaves the message as it is, but may deliver it where it never went. */
export const spoilings: fc.Arbitrary<Spoiling> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 6,
    arbitrary: fc.array(fc.record({ field: fc.nat(), value: values }), { minLength: 1, maxLength: 2 }),
  },
);

/** Any value, and hostile objects. */
export const rubbish: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({ withBigInt: true, withNullPrototype: true, withMap: true, withSparseArray: true }),
  fc.constantFrom(...hostile),
  fc.constantFrom(...hostile).map((value) => ({ type: value, viewNumber: 0 })),
  fc.constantFrom(...hostile).map((value) => ({ type: 'NEWS', viewNumber: 0, value })),
);

/** The message with fields spoilt, those of the objects inside it among them. */
export function spoilt(message: object, spoiling: Spoiling): object {
  let result = message;
  for (const { field, value } of spoiling) {
    const inner = Object.entries(result).find(([, part]) => isPlain(part));
    result =
      inner !== undefined && field % 3 === 0
        ? { ...result, [inner[0]]: replaced(inner[1], field, value) }
        : replaced(result, field, value);
  }
  return result;
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function replaced(message: object, field: number, value: unknown): object {
  const fields = Object.entries(message);
  const index = field % Math.max(1, fields.length);
  if (value === absent) return Object.fromEntries(fields.toSpliced(index, 1));
  return { ...message, [fields[index]?.[0] ?? 'type']: value };
}

/**
 * The input with another message, of any type, as a wire may deliver it. `Object.assign` has the type of both its
 * arguments, so that its result is an input to the compiler whatever the second argument holds.
 */
export function carrying<Input extends object>(input: Input, message: unknown): Input {
  return Object.assign({ ...input }, { message });
}
