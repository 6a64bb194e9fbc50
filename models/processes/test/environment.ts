import type { Faults } from '../faults/faults.ts';
import type { Completion, WorkloadOperation } from '../workload/workload.ts';

/** What a test runs on: nodes, the links between them, and a way for clients to reach them. */
export interface Environment {
  readonly faults: Faults;
  readonly access: Access;
  /** The network traffic so far. */
  traffic(): Traffic;
}

/** Counts by the name of what they count. */
export type Traffic = Readonly<Record<string, number>>;

/** How the operations of clients reach nodes. Clients are numbered from 0. */
export interface Access {
  /** The only node that this client asks, or undefined if it may ask any. */
  nodeOf(client: number): number | undefined;
  /**
   * Performs an operation for a client that has none under way. Calls `complete` with its outcome, possibly before this
   * returns. After a call of the returned function, `complete` is called no more.
   */
  ask(client: number, operation: WorkloadOperation, complete: (completion: Completion) => void): () => void;
}

/** Starts and ends the nodes of an environment. */
export interface NodeLifecycle {
  /** Starts all nodes. Resolves when all of them are ready for clients. */
  start(): Promise<void>;
  /** Ends all nodes for good. */
  end(): Promise<void>;
  /** Kills all nodes without waiting, for use while this process exits. */
  killNow(): void;
}
