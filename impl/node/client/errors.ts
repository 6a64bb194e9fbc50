/** The base of all errors with which a request rejects. The name of the class tells whether the operation was executed. */
export abstract class RequestError extends Error {
  /** Tells the classes apart: see `RequestFailure`. */
  abstract override readonly name: 'NotExecutedError' | 'MaybeExecutedError' | 'ExecutionFailedError';
  /** The operation of the request. */
  readonly operation: unknown;

  protected constructor(operation: unknown, message: string, cause: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.operation = operation;
  }
}

/** Every error with which a request rejects, to be told apart by `name`, and then by `reason`. */
export type RequestFailure = NotExecutedError | MaybeExecutedError | ExecutionFailedError;

/**
 * Why an operation was certainly not executed. `invalid`: the group executes no such operation; `too-large`: a message carries
 * no operation of this size; `queue-full`: too many requests wait in the client; `aborted`, `deadline`, `closed`: the signal
 * was aborted, the time was over, or the client was closed, before it was sent; `refused`: the name in this client's certificate
 * lacks a role, or has reached a limit, so that no replica took it.
 */
export type NotExecutedReason =
  | 'invalid'
  | 'too-large'
  | 'queue-full'
  | 'aborted'
  | 'deadline'
  | 'closed'
  | 'refused';

/** The operation was not executed, and will not be: no replica has it, or will execute it. */
export class NotExecutedError extends RequestError {
  override readonly name = 'NotExecutedError';
  /** Why it was not executed. */
  readonly reason: NotExecutedReason;

  /** `cause`: the reason of the signal, or the SetupError because of which the client was closed. */
  constructor(reason: NotExecutedReason, operation: unknown, message: string, cause?: unknown) {
    super(operation, message, cause);
    this.reason = reason;
  }
}

/**
 * Why the outcome of an operation is unknown. `aborted`, `deadline`, `closed`: the signal was aborted, the time was over, or the
 * client was closed, after it was sent; it may yet be executed. `evicted`: the session has ended; if the operation was not
 * executed before, it never will be.
 */
export type MaybeExecutedReason = 'aborted' | 'deadline' | 'closed' | 'evicted';

/** It is unknown whether the operation was executed. It was executed once at most. */
export class MaybeExecutedError extends RequestError {
  override readonly name = 'MaybeExecutedError';
  /** Why its outcome is unknown. */
  readonly reason: MaybeExecutedReason;

  /** `cause`: the reason of the signal, or the SetupError because of which the client was closed. */
  constructor(reason: MaybeExecutedReason, operation: unknown, message: string, cause?: unknown) {
    super(operation, message, cause);
    this.reason = reason;
  }
}

/**
 * The operation was executed, and the service failed at it, at every replica alike. It has had no effect, and is not tried
 * again. The logs of the replicas tell why.
 */
export class ExecutionFailedError extends RequestError {
  override readonly name = 'ExecutionFailedError';

  /** `problem`: why it failed, if the client is in the process of a replica. */
  constructor(operation: unknown, problem = 'The logs of the replicas tell why.') {
    super(operation, `The service failed at the operation, which has had no effect. ${problem}`, undefined);
  }
}

/**
 * Why a watch has ended. `compacted`: checkpoints have taken the place of changes that it would have told; `refused`: the name in
 * this client's certificate lacks a role, the service tells no changes, or a limit is reached; `deadline`: no replica could be asked
 * in time; `closed`: the client was closed.
 */
export type WatchErrorReason = 'compacted' | 'refused' | 'deadline' | 'closed';

/** A watch has ended before its signal was aborted. What it has told until then is complete. */
export class WatchError extends Error {
  override readonly name = 'WatchError';
  /** Why it has ended. */
  readonly reason: WatchErrorReason;
  /** Of `compacted`: the changes after this op-number can be had. */
  readonly since: number | undefined;

  /** `cause`: the SetupError because of which the client was closed. */
  constructor(reason: WatchErrorReason, message: string, since?: number, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
    this.since = since;
  }
}
