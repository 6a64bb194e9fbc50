import type { Json } from '../../tree/json.ts';

/** The group will never run this operation: nothing has happened, and asking again is of no use. */
export class RejectedError extends Error {
  override readonly name = 'RefusedError';
}

/** An operation of which nobody knows whether it was executed, or will be. */
abstract class UnknownOutcomeError extends Error {
  readonly operation: Json;

  constructor(message: string, operation: Json) {
    super(message);
    this.operation = operation;
  }
}

/** No answer came in time. The operation may have been executed, or may yet be. */
export class TimeoutError extends UnknownOutcomeError {
  override readonly name = 'TimeoutError';
}

/** The client was silent for so long that the group gave its session to another. The operation may have been executed. */
export class EvictedError extends UnknownOutcomeError {
  override readonly name = 'EvictedError';
}

/** The client was closed before the answer came. The operation may have been executed, or may yet be. */
export class ClosedError extends UnknownOutcomeError {
  override readonly name = 'ClosedError';
}
