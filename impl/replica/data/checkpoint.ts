import type { Tree } from '../../tree/tree.ts';
import type { LogEnd } from './log.ts';
import type { CheckpointDigests, CheckpointPart } from './messages.ts';

/**
 * The state after the first `opNumber` entries (VRR §5.1). It stands for them where the log has dropped them.
 * Checkpoints with the same op-number are equal at all replicas, byte for byte.
 */
export interface Checkpoint extends LogEnd {
  readonly opNumber: number;
  /** The state of the service, in parts. */
  readonly state: Tree;
  /** The client-table. */
  readonly table: Tree;
}

/** The end of the log that has dropped its first `base` entries, if it is where the checkpoint was taken. */
export function endAt(base: number, checkpoint: Checkpoint): LogEnd | undefined {
  return base === checkpoint.opNumber ? checkpoint : undefined;
}

/** The digests of all replicas' checkpoints of one op-number, as far as the primary knows them, by replica. */
export interface Comparison {
  readonly opNumber: number;
  readonly byReplica: readonly (CheckpointDigests | undefined)[];
}

/** Why a replica has stopped for good: its checkpoint of this op-number is not that of the others. */
export interface Halt {
  readonly opNumber: number;
  readonly part: CheckpointPart;
  /** Whether a quorum shares another checkpoint. Otherwise no quorum can agree, and every replica that knows stops. */
  readonly isOutvoted: boolean;
}
