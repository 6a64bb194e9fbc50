import type { Json } from '../../impl/index.ts';
import type { Complaint, Operation } from './operations.ts';
import { isList, same, textOf } from './text.ts';

/** What an operation asks of a model, and what it returned if that is known. */
export type Asked = Pick<Operation, 'f' | 'argument' | 'result'>;

/** What an operation does to any state. `only` is the one state in which it can have returned what it did, if there is one. */
export type Nature<State> =
  /** It leaves every state as it is. */
  | { readonly kind: 'read'; readonly only?: State }
  /** It can have returned this in any state, and always leads to the same one. */
  | { readonly kind: 'overwrite' }
  | { readonly kind: 'other'; readonly only?: State };

/**
 * A sequential object: what one key is, to clients that do one thing at a time. Keys know nothing of each other, so that a
 * history can be judged key by key (Horn and Kroening 2015, P-compositionality).
 */
export interface Model<State> {
  /** What a key holds before anything happened to it. */
  readonly initial: State;
  /** Which field of such an operation this model cannot make sense of, and why. */
  refusal(operation: Operation): Complaint | undefined;
  /** The state after the operation, or undefined if it cannot have returned this in this state. */
  apply(state: State, asked: Asked): State | undefined;
  /** What is known of the operation whatever the state. It saves work; to say `{ kind: 'other' }` is always right. */
  nature(asked: Asked): Nature<State>;
  /** Equal for two states if and only if they are the same. */
  nameOf(state: State): string;
}

/** A register that can be read, written, and compared and set. Absent keys hold null. */
export const register: Model<Json> = {
  initial: null,
  refusal: (operation) => formRefusal(operation, ['read', 'write', 'cas']),
  apply: (state, { f, argument, result }) => {
    if (f === 'write') return argument;
    if (f === 'read') return result === undefined || same(result, state) ? state : undefined;
    const [from, to] = comparison(argument);
    return same(from, state) ? to : undefined;
  },
  nature: ({ f, argument, result }) => {
    if (f === 'write') return { kind: 'overwrite' };
    if (f === 'cas') return { kind: 'other', only: comparison(argument)[0] };
    return result === undefined ? { kind: 'read' } : { kind: 'read', only: result };
  },
  nameOf: textOf,
};

/** What a cas compares with, and what it sets. */
export function comparison(argument: Json): readonly [Json, Json] {
  const [from = null, to = null] = isList(argument) ? argument : [];
  return [from, to];
}

/**
 * Refuses operations of other names than these, and those that do not have the form of their name. A `delete` invokes with
 * null, and returns whether there was anything to delete.
 */
export function formRefusal(
  { f, argument, result, invoked, returned }: Operation,
  names: readonly string[],
): Complaint | undefined {
  const must = (event: number, what: string): Complaint => ({
    event,
    field: 'value',
    message: `must be ${what}`,
  });
  if (!names.includes(f)) {
    return {
      event: invoked,
      field: 'f',
      message: `must be one of ${names.join(', ')}, and is ${JSON.stringify(f)}`,
    };
  }
  if (f === 'cas' && !(isList(argument) && argument.length === 2))
    return must(invoked, '[key, [from, to]] for a cas');
  if ((f === 'read' || f === 'delete') && argument !== null)
    return must(invoked, `[key, null] to invoke a ${f}`);
  if (result === undefined || f === 'read') return undefined;
  if (f === 'delete')
    return typeof result === 'boolean' ? undefined : must(returned, '[key, true] or [key, false]');
  return same(result, argument)
    ? undefined
    : must(returned, `${textOf(argument)} for this key, as was invoked`);
}
