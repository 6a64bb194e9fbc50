import { z } from 'zod';
import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from '../histories/history.ts';
import type { Chance } from './chance.ts';
import { checked, must } from './message.ts';

/** What a client does. */
export interface Operation {
  /** Its name and its arguments, as the history has them. */
  readonly f: string;
  readonly value: Json;
  /** What the request says besides its `type`, which is the name of the operation, and its `msg_id`. */
  readonly request: { readonly [name: string]: Json };
  /** Whether it changes nothing, so that it has failed when nobody knows what became of it. */
  readonly isIdempotent: boolean;
  /** What the history gets as its value when the answer is ok. Throws a `NodeFailure` for what is no such answer. */
  readonly answered: (node: string, body: unknown) => Json;
  /** The code of an error that answers the question, too, and leaves the value as it is. */
  readonly okDespite?: number;
}

/** What became of an operation. */
export interface Completion {
  readonly type: 'ok' | 'fail' | 'info';
  readonly value: Json;
  readonly error?: Json;
}

/** Whether a history is as it should be. `unknown` stands for a history of which nobody knows. */
export interface Judgement {
  readonly valid: boolean | 'unknown';
  readonly explanation: string;
}

/** What clients do with a service, and what the service promises them. */
export interface Workload {
  /** Milliseconds after which an answer is waited for no longer. */
  readonly timeout: number;
  /** Without end. */
  operations(chance: Chance): Iterable<Operation>;
  /** What is done last, when all faults have ended. */
  readonly final: readonly Operation[];
  judge(history: readonly HistoryEvent[]): Judgement | Promise<Judgement>;
}

/** The errors that have a name. A definite one says that the operation was not done, and never will be. */
const errors: Readonly<Record<number, { readonly name: string; readonly isDefinite: boolean }>> = {
  0: { name: 'timeout', isDefinite: false },
  1: { name: 'node-not-found', isDefinite: true },
  10: { name: 'not-supported', isDefinite: true },
  11: { name: 'temporarily-unavailable', isDefinite: true },
  12: { name: 'malformed-request', isDefinite: true },
  13: { name: 'crash', isDefinite: false },
  14: { name: 'abort', isDefinite: true },
  20: { name: 'key-does-not-exist', isDefinite: true },
  21: { name: 'key-already-exists', isDefinite: true },
  22: { name: 'precondition-failed', isDefinite: true },
  30: { name: 'txn-conflict', isDefinite: true },
};

const answer = z.looseObject({ type: z.string(must('a string')) }, must('an object'));
const errorBody = z.looseObject({
  code: z.int(must('a whole number')),
  text: z.string(must('a string')).optional(),
});

/** Reads the body of an answer. Throws a `NodeFailure` for what is none. */
export function completionOf(operation: Operation, node: string, body: unknown): Completion {
  const { f, value } = operation;
  const { type } = checked(answer, node, body, `an answer to ${f}`);
  if (type !== 'error') {
    checked(z.looseObject({ type: z.literal(`${f}_ok`, must(`${f}_ok`)) }), node, body, `an answer to ${f}`);
    return { type: 'ok', value: operation.answered(node, body) };
  }
  const { code, text } = checked(errorBody, node, body, 'an error');
  if (code === operation.okDespite) return { type: 'ok', value };
  // What a code means that has no name is anybody's guess, and so it is not definite.
  const { name, isDefinite } = errors[code] ?? { name: `error-${code}`, isDefinite: false };
  return { ...unanswered(operation, isDefinite), error: [name, text ?? null] };
}

/** What becomes of an operation that was not answered, or only with an error. */
export function unanswered({ value, isIdempotent }: Operation, isDefinite: boolean): Completion {
  return { type: isDefinite || isIdempotent ? 'fail' : 'info', value };
}
