import type { StorageRecord, Stored } from '../../replica/data/storage.ts';
import { SetupError } from '../cluster/setupError.ts';
import type { KnownStarts, PeerStart } from './starts.ts';

/** Stable storage of one replica. */
export interface StableStorage {
  /** The records of earlier runs; undefined at the first opening ever, when the replica cannot have run. */
  readonly stored: Stored | undefined;
  /** A name that no other storage has. It stays the same at each opening, until all contents are lost. */
  readonly name: string;
  /** The starts of this storage, and of the other replicas. */
  readonly starts: KnownStarts;
  /** Notes durably the latest start of another replica, before anything of that start is believed. */
  notePeer(replica: number, latest: PeerStart): Promise<void>;
  /**
   * Forgets the start of this opening, of which no other replica has heard. Only so many starts are kept, and a server that is started again
   * and again without being heard of would be taken for an older copy in the end.
   */
  forgetStart(): Promise<void>;
  /** The number of this opening, from 1. It is durable before it is given. */
  readonly incarnation: number;
  /** The corruption found at opening, one sentence each, for the operator. */
  readonly findings: readonly string[];
  /**
   * Makes the records of one write, its `end` included, durable after all earlier ones. They take effect together or not at
   * all; but a checkpoint whose entries the stored log still has may take effect later, and the log keeps them until then. Calls
   * made during a sync share the next one. Rejects with a StorageError if writing fails; so does every later call,
   * because a replica that cannot write must not go on.
   */
  write(records: readonly StorageRecord[]): Promise<void>;
  /** Called once if writing fails while no write is under way, such as that of a checkpoint that takes effect later. */
  onFailure: (failure: StorageError) => void;
  /** Completes the writes under way and releases the storage. Later writes are rejected. */
  close(): Promise<void>;
}

/** Why storage cannot be used. */
export type StorageProblem =
  /** Another process has it open. */
  | 'in-use'
  /** The directory holds files of something else. */
  | 'foreign'
  /** Another version of this program wrote it. */
  | 'other-version'
  /** It belongs to another replica. */
  | 'other-replica'
  /** It belongs to a group with other settings. */
  | 'other-settings'
  /** All copies of the superblock are corrupt: the view-numbers that the replica promised are lost. */
  | 'corrupt'
  /** The operating system fails to read or write. */
  | 'unusable'
  /** It is closed. */
  | 'closed';

/** Storage could not be opened or written. The message says what was found, where, and what to do. */
export class StorageError extends SetupError {
  override readonly name = 'StorageError';
  /** Why, for programs. */
  readonly problem: StorageProblem;

  constructor(trouble: StorageProblem, message: string, cause?: unknown) {
    super(message, { cause });
    this.problem = trouble;
  }
}

/** The message of a thrown value, with that of its cause. */
export function describeError(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? `${thrown.message}: ${thrown.cause.message}` : thrown.message;
}
