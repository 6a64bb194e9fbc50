import type { Tree } from '../../tree/tree.ts';

/**
 * What the first `opNumber` entries have led to (VRR §5.1): it stands for them where they are gone. Checkpoints of one
 * op-number are equal at all replicas, to the byte.
 */
export interface Checkpoint {
  readonly opNumber: number;
  /** The time that was predicted for the last of them: no later entry may be given an earlier one. */
  readonly time: number;
  /** The state of the service, in parts. */
  readonly state: Tree;
  /** The client-table: client → its line. */
  readonly table: Tree;
}
