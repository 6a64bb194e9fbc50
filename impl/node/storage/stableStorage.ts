import type { StorageRecord, Stored } from '../../replica/data/storage.ts';
import { SetupError } from '../cluster/setupError.ts';

/** Stable storage of one replica. */
export interface StableStorage {
  /** What earlier runs left; undefined if this is the first opening ever, and the replica cannot have run. */
  readonly stored: Stored | undefined;
  /** New for each opening of the same storage, from 1: durable before it is given. */
  readonly incarnation: number;
  /** What was found harmed when it was opened, one sentence each: an operator should know. */
  readonly findings: readonly string[];
  /**
   * Makes the records of one write, its `end` included, durable after all earlier ones; resolves when they are. They take
   * effect together or not at all. Calls made while the disk is at work share the next sync. Rejects with a StorageError if
   * they could not be written; so does every later call, since a replica that cannot write must not go on.
   */
  write(records: readonly StorageRecord[]): Promise<void>;
  /** Waits for what is being written, and lets go of the storage. Later writes are rejected. */
  close(): Promise<void>;
}

/** What can be wrong with storage. */
export type StorageProblem =
  /** Another process has it open. */
  | 'in-use'
  /** Something else is in the directory. */
  | 'foreign'
  /** It was written by another version of this program. */
  | 'other-version'
  /** It belongs to another replica, or to another group. */
  | 'other-replica'
  /** What must not be lost is lost: the view-numbers that the replica promised. */
  | 'harmed'
  /** The operating system, or the library below, refuses to read or write. */
  | 'unusable'
  /** It is closed. */
  | 'closed';

/** Why storage could not be opened or written. The message says what was found, where, and what to do. */
export class StorageError extends SetupError {
  override readonly name = 'StorageError';
  readonly problem: StorageProblem;

  constructor(trouble: StorageProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.problem = trouble;
  }
}

/** What was thrown, in words. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? `${thrown.message}: ${thrown.cause.message}` : thrown.message;
}
