import { Map as PersistentMap } from 'immutable';
import { Tree } from '../../tree/tree.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { ClientRecord, ClientTable } from './clientTable.ts';
import { type Configuration, primaryOf } from './configuration.ts';
import { Log } from './log.ts';
import type { CheckpointPart, DoViewChange, RecoveryResponse } from './messages.ts';
import type { Output } from './outputs.ts';
import { noReplicas, type ReplicaSet } from './replicaSet.ts';

/** What a replica is doing (VRR §4, Figure 2). Departure (VRR §5.2): `state-transfer` is a status of its own. */
export type Status = 'normal' | 'view-change' | 'state-transfer' | 'recovering';

/** A log that is being fetched, piece by piece. */
export interface LogTransfer {
  /** The view whose log it is. */
  readonly viewNumber: number;
  /** The replica that was asked last. */
  readonly asked: number;
  /** As much of it as is here. Entries of the present view are taken into the replica's own log instead. */
  readonly log: Log;
}

/** A checkpoint that is being fetched: what is here of its parts becomes equal to them bit by bit. */
export interface CheckpointTransfer {
  readonly opNumber: number;
  readonly time: number;
  /** Of the parts as they are to be. */
  readonly digests: { readonly [part in CheckpointPart]: string };
  readonly table: Tree;
  readonly state: Tree;
  /** The part that is asked about, and where there may be differences in it. */
  readonly part: CheckpointPart;
  readonly paths: readonly string[];
}

/** A recovery under way (VRR §4.3). Only answers that carry its nonce count. */
export interface RecoveryProgress {
  /** From the restart input. No two restarts of a replica may be given the same number. */
  readonly incarnation: number;
  /** How many nonces this incarnation has used before. */
  readonly attempt: number;
  /** The latest answer of each replica. */
  readonly responses: readonly RecoveryResponse[];
  /** Who else asked for recovery meanwhile. */
  readonly alsoRecovering: ReplicaSet;
}

/** A message that may leave only once the write with number `after` is durable. */
export interface HeldMessage {
  readonly after: number;
  readonly output: Output & { readonly type: 'send' | 'reply' };
}

/**
 * The state of one replica (VRR §4, Figure 2), as plain data. `step` changes it in place; `fork` makes a copy
 * first where the old state is still needed. Everything reachable from it is immutable but `held` and the two tables.
 *
 * The paper's client-table is kept in two parts, so that replacing the log needs no undoing: `executed` is a
 * function of the executed log, `pending` of the entries after it.
 */
export interface Replica {
  readonly configuration: Configuration;
  readonly replicaNumber: number;
  status: Status;
  viewNumber: number;
  /** The last view in which the status was normal. */
  lastNormalView: number;
  /** Its length is the paper's op-number. */
  log: Log;
  /** The number of the last executed entry. */
  commitNumber: number;
  serviceState: unknown;
  /** The latest checkpoint, after the one before it: who fetches that one need not begin anew at once. */
  checkpoints: readonly Checkpoint[];
  /** Client → its line. */
  clientTable: ClientTable;
  /** Client → the op-number of its latest entry among those not yet executed. */
  pending: PersistentMap<string, number>;

  /** At the primary, by replica: the highest op-number that it acknowledged in this view. */
  acknowledged: readonly number[];
  /** At the primary: the op-numbers at which the PREPAREs end that it has sent and not yet committed, ascending. */
  prepares: readonly number[];
  /** Who else sent STARTVIEWCHANGE for this view. */
  startViewChanges: ReplicaSet;
  /** At the primary of this view: the latest DOVIEWCHANGE of each sender for it. */
  doViewChanges: readonly DoViewChange[];
  transfer: LogTransfer | undefined;
  /** Outlives the transfer that needs it: whatever else is fetched next may need it too. */
  checkpointTransfer: CheckpointTransfer | undefined;
  recovery: RecoveryProgress | undefined;

  /** How often the present wait was retransmitted: it slows `resend` down. */
  retransmissions: number;
  /** How many view changes were begun since a view was last of use: it slows `suspect` down. */
  viewChanges: number;

  /** Writes are numbered from 1: the last one issued, the last that changed the view, the last known to be durable. */
  issuedWrite: number;
  viewWrite: number;
  durableWrite: number;
  held: HeldMessage[];
}

/** A replica that has never run, in view 0 with an empty log. Its first input must be `start` or `restart`. */
export function createReplica(configuration: Configuration, replicaNumber: number): Replica {
  if (!Number.isInteger(replicaNumber) || replicaNumber < 0 || replicaNumber >= configuration.size) {
    throw new RangeError(`A group of ${configuration.size} has no replica ${replicaNumber}.`);
  }
  return {
    configuration,
    replicaNumber,
    status: 'normal',
    viewNumber: 0,
    lastNormalView: 0,
    log: Log.empty,
    commitNumber: 0,
    serviceState: configuration.service.initial,
    checkpoints: [],
    clientTable: Tree.empty<ClientRecord>(),
    pending: PersistentMap<string, number>(),
    acknowledged: nothingAcknowledged(configuration),
    prepares: [],
    startViewChanges: noReplicas,
    doViewChanges: [],
    transfer: undefined,
    checkpointTransfer: undefined,
    recovery: undefined,
    retransmissions: 0,
    viewChanges: 0,
    issuedWrite: 0,
    viewWrite: 0,
    durableWrite: 0,
    held: [],
  };
}

/**
 * A copy that can be stepped while the original stays as it is. Takes constant time: log and tables are shared. Between
 * forks a replica changes its tables in place, which spares most of what a change costs.
 */
export function fork(replica: Replica): Replica {
  // What two share neither of them may change in place.
  replica.clientTable = replica.clientTable.asImmutable();
  replica.pending = replica.pending.asImmutable();
  // A literal with every field named keeps one hidden class, which makes it many times faster than a spread.
  return {
    configuration: replica.configuration,
    replicaNumber: replica.replicaNumber,
    status: replica.status,
    viewNumber: replica.viewNumber,
    lastNormalView: replica.lastNormalView,
    log: replica.log,
    commitNumber: replica.commitNumber,
    serviceState: replica.serviceState,
    checkpoints: replica.checkpoints,
    clientTable: replica.clientTable,
    pending: replica.pending,
    acknowledged: replica.acknowledged,
    prepares: replica.prepares,
    startViewChanges: replica.startViewChanges,
    doViewChanges: replica.doViewChanges,
    transfer: replica.transfer,
    checkpointTransfer: replica.checkpointTransfer,
    recovery: replica.recovery,
    retransmissions: replica.retransmissions,
    viewChanges: replica.viewChanges,
    issuedWrite: replica.issuedWrite,
    viewWrite: replica.viewWrite,
    durableWrite: replica.durableWrite,
    held: [...replica.held],
  };
}

/** The acknowledgements with which a primary begins its view: none. */
export function nothingAcknowledged(configuration: Configuration): readonly number[] {
  return Array.from({ length: configuration.size }, () => 0);
}

/** Whether this replica is the primary of its view; only with status normal does it act as one. */
export function isPrimary(replica: Replica): boolean {
  return primaryOf(replica.configuration, replica.viewNumber) === replica.replicaNumber;
}
