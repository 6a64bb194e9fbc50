import { z } from 'zod';
import type { Json } from '../../../impl/index.ts';
import type { HistoryEvent } from '../../histories/events/event.ts';
import type { Chance } from '../chance.ts';
import { must, parsedAs } from '../nodes/nodeMessage.ts';

/** An operation that a client performs. */
export interface WorkloadOperation {
  /** Name and arguments, as the history records them. */
  readonly f: string;
  readonly value: Json;
  /** The fields of the request besides `type`, which is `f`, and `msg_id`. */
  readonly request: { readonly [name: string]: Json };
  /** Whether it changes nothing. Such an operation counts as failed if its outcome is unknown. */
  readonly isIdempotent: boolean;
  /** The value that the history records for an ok answer. Throws a `NodeFailure` if the body is malformed. */
  readonly okValue: (node: string, body: unknown) => Json;
  /** The code of an error that counts as an ok answer with the value unchanged. */
  readonly okDespite?: number;
}

/** The outcome of an operation. */
export interface Completion {
  readonly type: 'ok' | 'fail' | 'info';
  readonly value: Json;
  readonly error?: Json;
}

/** Whether a history is correct. `unknown`: the check could not decide. */
export interface Verdict {
  readonly valid: boolean | 'unknown';
  readonly explanation: string;
}

/** The operations that clients perform on a service, and the check of the resulting history. */
export interface Workload {
  /** How long a client waits for an answer, in milliseconds. */
  readonly timeout: number;
  /** An endless sequence of operations. */
  operations(chance: Chance): Iterable<WorkloadOperation>;
  /** The operations performed last, after all faults have ended. */
  readonly final: readonly WorkloadOperation[];
  check(history: readonly HistoryEvent[]): Verdict | Promise<Verdict>;
}

/** Maelstrom's error codes. A definite error says that the operation did not happen and never will. */
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

/** Reads the body of an answer. Throws a `NodeFailure` if it is malformed. */
export function completionOf(operation: WorkloadOperation, node: string, body: unknown): Completion {
  const { f, value } = operation;
  const { type } = parsedAs(answer, node, body, `an answer to ${f}`);
  if (type !== 'error') {
    parsedAs(z.looseObject({ type: z.literal(`${f}_ok`, must(`${f}_ok`)) }), node, body, `an answer to ${f}`);
    return { type: 'ok', value: operation.okValue(node, body) };
  }
  const { code, text } = parsedAs(errorBody, node, body, 'an error');
  if (code === operation.okDespite) return { type: 'ok', value };
  // The meaning of an unlisted code is unknown, so the error is not definite.
  const { name, isDefinite } = errors[code] ?? { name: `error-${code}`, isDefinite: false };
  return { ...unanswered(operation, isDefinite), error: [name, text ?? null] };
}

/** The outcome of an operation that was answered with an error or not at all. */
export function unanswered({ value, isIdempotent }: WorkloadOperation, isDefinite: boolean): Completion {
  return { type: isDefinite || isIdempotent ? 'fail' : 'info', value };
}
