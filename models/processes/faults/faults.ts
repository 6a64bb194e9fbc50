import type { Groups } from './partitions.ts';

/**
 * Injects faults into an environment. A plan says which faults, on which nodes and when, so that the same plan runs on every
 * implementation of this interface. Each promise resolves once the fault is in effect.
 */
export interface Faults {
  readonly nodes: NodeFaults;
  readonly links: LinkFaults;
  /** Disk faults, in environments that support them. */
  readonly disks?: DiskFaults;
}

/** Faults of nodes. */
export interface NodeFaults {
  kill(node: number): Promise<void>;
  /** Starts a killed node. The node may not be ready yet when this resolves. */
  restart(node: number): Promise<void>;
  pause(node: number): Promise<void>;
  resume(node: number): Promise<void>;
}

/** Faults of the links between nodes. */
export interface LinkFaults {
  /** From now on, two nodes hear each other only if they share a group. */
  partition(groups: Groups): void;
  heal(): void;
  /** The node that sent the most to others lately, or undefined if none sent anything. */
  busiest(): number | undefined;
}

/** Faults of disks. `at`, from 0 to 1, selects the place and size of the corruption, so that a plan fixes them. */
export interface DiskFaults {
  /** Leaves a node no space for its writes. The node may exit because of it. */
  fill(node: number, at: number): Promise<void>;
  /** Gives the node space again, and restarts it if it has exited. */
  free(node: number): Promise<void>;
  /** Leaves a torn write behind the last write of a killed node. */
  tornWrite(node: number, at: number): Promise<void>;
  /** Flips one bit on the disk of a killed node. */
  bitFlip(node: number, at: number): Promise<void>;
}

/** The name of a node in messages, such as `n0`. */
export function nameOf(node: number): string {
  return `n${node}`;
}
