import type { Json } from '../../tree/json.ts';

/** The group will never run this operation: it has had no effect, and repeating it will not help. */
export class RejectedError extends Error {
  override readonly name = 'RejectedError';
}

/**
 * The service failed at this operation, at every replica alike. It has had no effect, and is not tried again. The logs of
 * the replicas tell why.
 */
export class FailedError extends Error {
  override readonly name = 'FailedError';
  /** The operation of the request. */
  readonly operation: Json;

  /** `problem`: why it failed, if the client is in the process of a replica. */
  constructor(operation: Json, problem = 'The logs of the replicas tell why.') {
    super(`The service failed at the operation, which has had no effect. ${problem}`);
    this.operation = operation;
  }
}

/** The outcome of an operation is unknown: it may have been executed, or may be later. */
export abstract class UnknownOutcomeError extends Error {
  /** The operation of the request. */
  readonly operation: Json;

  constructor(message: string, operation: Json) {
    super(message);
    this.operation = operation;
  }
}

/** No answer came in time. The operation may have been executed, or may be later. */
export class TimeoutError extends UnknownOutcomeError {
  override readonly name = 'TimeoutError';
}

/** The group gave this client's session to another, because it was silent for longest. The operation may have been executed. */
export class EvictedError extends UnknownOutcomeError {
  override readonly name = 'EvictedError';
}

/** The client was closed before the answer came. The operation may have been executed, or may be later. */
export class ClosedError extends UnknownOutcomeError {
  override readonly name = 'ClosedError';
}
