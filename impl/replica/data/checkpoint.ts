import type { Tree } from '../../tree/tree.ts';

/**
 * The state after the first `opNumber` entries (VRR §5.1). It stands for them where the log has dropped them.
 * Checkpoints with the same op-number are equal at all replicas, byte for byte.
 */
export interface Checkpoint {
  readonly opNumber: number;
  /** The time predicted for the last of these entries. No later entry gets an earlier time. */
  readonly time: number;
  /** The state of the service, in parts. */
  readonly state: Tree;
  /** The client-table. */
  readonly table: Tree;
}
