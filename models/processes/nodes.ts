import type { NodeFaults } from './faults.ts';
import type { Message } from './message.ts';

/** Whoever runs the nodes of a test. */
export interface Nodes extends NodeFaults {
  /** Whether the node was started and has answered `init`. It may be paused all the same. */
  isReady(node: number): boolean;
  /** Gives a line to a node. False if nobody is there to take it. */
  deliver(node: number, line: string): boolean;
}

/** Who is told what the nodes do. */
export interface Listener {
  message(node: number, message: Message): void;
  /** A node did what no node may. The test is over. */
  failure(failure: Error): void;
}
