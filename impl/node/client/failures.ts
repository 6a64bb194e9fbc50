import { describeReason, type RejectReason } from '../../replica/data/reasons.ts';
import type { Json } from '../../tree/json.ts';
import { MaybeExecutedError, NotExecutedError } from './errors.ts';
import type { PendingRequest } from './pendingRequest.ts';

/*
 * The errors with which requests of a session reject, and their texts.
 */

const openEnd = 'the operation may have been executed, or may yet be.';

/** The group executes no such operation. */
export function invalidError(operation: Json, reason: RejectReason): NotExecutedError {
  const isTooLarge = typeof reason === 'object' && reason.code === 'operation-too-long';
  return new NotExecutedError(isTooLarge ? 'too-large' : 'invalid', operation, describeReason(reason));
}

/** So many requests wait, and the session holds no more. */
export function queueFullError(operation: Json, waiting: number): NotExecutedError {
  const text = `${waiting} requests wait in this client already, and it holds no more.`;
  return new NotExecutedError('queue-full', operation, text);
}

/** Replicas refused all copies. `reason`: part of a sentence. */
export function refusedError({ operation }: PendingRequest, reason: string): NotExecutedError {
  const text = `The request was refused, and has had no effect: ${reason}.`;
  return new NotExecutedError('refused', operation, text);
}

/** The session was evicted, and the request may have been executed before. */
export function evictedError({ operation }: PendingRequest): MaybeExecutedError {
  const text =
    'The session ended before the answer came: the operation may have been executed before, and will not be later.';
  return new MaybeExecutedError('evicted', operation, text);
}

/** The program's signal was aborted. */
export function abortedError(
  { operation, signal }: PendingRequest,
  wasSent: boolean,
): NotExecutedError | MaybeExecutedError {
  const cause: unknown = signal?.reason;
  return wasSent
    ? new MaybeExecutedError('aborted', operation, `Stopped waiting for the answer: ${openEnd}`, cause)
    : new NotExecutedError('aborted', operation, 'Stopped waiting before the operation was sent.', cause);
}

/** The time was over. `problems`: the present connection problems, as sentences. */
export function deadlineError(
  { operation, deadline }: PendingRequest,
  wasSent: boolean,
  problems: string,
): NotExecutedError | MaybeExecutedError {
  if (!wasSent) {
    const text = `The operation was not sent in ${deadline} ms.${problems}`;
    return new NotExecutedError('deadline', operation, text);
  }
  const text = `No answer came in ${deadline} ms: ${openEnd}${problems}`;
  return new MaybeExecutedError('deadline', operation, text);
}

/** The client was closed, for the reason in this sentence. */
export function closedError(
  { operation }: PendingRequest,
  wasSent: boolean,
  message: string,
  cause: Error | undefined,
): NotExecutedError | MaybeExecutedError {
  if (!wasSent) return new NotExecutedError('closed', operation, message, cause);
  const text = `${message} Until then no answer came: ${openEnd}`;
  return new MaybeExecutedError('closed', operation, text, cause);
}
