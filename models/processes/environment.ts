import type { Faults } from './faults.ts';
import type { Completion, Operation } from './workload.ts';

/** What a test is carried out on: nodes, what is between them, and a way to ask them. */
export interface Environment {
  readonly faults: Faults;
  readonly access: Access;
  /** What went over the network so far: how many of what. */
  traffic(): Traffic;
}

/** Counts, by what they count. */
export type Traffic = Readonly<Record<string, number>>;

/** How the operations of clients reach nodes. Clients are numbered from 0. */
export interface Access {
  /** The only node that this client asks, or undefined if it asks any. */
  nodeOf(client: number): number | undefined;
  /**
   * Has an operation done for a client that waits for no other, and tells what became of it, which may be before this
   * returns. Nothing is told any more after the function that is returned was called.
   */
  ask(client: number, operation: Operation, complete: (completion: Completion) => void): () => void;
}

/** Whoever runs the nodes of a stage. */
export interface Company {
  /** Starts all nodes, and waits until they can be asked. */
  start(): Promise<void>;
  /** Ends all nodes for good. */
  end(): Promise<void>;
  /** The same without a wait, for the very last moment. */
  abandon(): void;
}
