import type { NodeFaults } from '../faults/faults.ts';
import type { NodeMessage } from '../nodes/nodeMessage.ts';

/** The nodes of a test, which read and write lines. */
export interface Nodes extends NodeFaults {
  /** Whether the node has answered `init` since its last start. A paused node stays ready. */
  isReady(node: number): boolean;
  /** Delivers a line to a node. Returns false if the node is down. */
  deliver(node: number, line: string): boolean;
}

/** Receives what the nodes do. */
export interface NodeListener {
  message(node: number, message: NodeMessage): void;
  /** A node violated the protocol or ended unexpectedly. The failure ends the test. */
  failure(failure: Error): void;
}
