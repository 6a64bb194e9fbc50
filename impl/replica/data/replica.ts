import { Map as PersistentMap } from 'immutable';
import type { LeafPiece } from '../../tree/exchange.ts';
import { Tree } from '../../tree/tree.ts';
import type { Checkpoint, Comparison, Halt } from './checkpoint.ts';
import type { ClientRecord, ClientTable } from './clientTable.ts';
import { type Configuration, primaryOf } from './configuration.ts';
import { Log, type LogSuffix } from './log.ts';
import { type Membership, noMembership } from './membership.ts';
import type {
  CheckpointDigests,
  CheckpointPart,
  DoViewChange,
  PrimaryState,
  Recovering,
  RecoveryResponse,
} from './messages.ts';
import type { Output } from './outputs.ts';
import { noReplicas, type ReplicaSet, sizeOf } from './replicaSet.ts';

/**
 * The status of a replica (VRR §4, Figure 2). Departure (VRR §5.2): `state-transfer` is a status of its own, in which
 * the replica fetches the log of a later view.
 */
export type Status = 'normal' | 'view-change' | 'state-transfer' | 'recovering';

/** A log that is being fetched in pieces. */
export interface LogTransfer {
  /** The view of that log. */
  readonly viewNumber: number;
  /** The replica that was asked last. */
  readonly asked: number;
  /** In a view change: the voters that did not answer, whose votes are set aside. */
  readonly silent: ReplicaSet;
  /** The part that has arrived. Entries of the current view go directly into the replica's own log. */
  readonly log: Log;
  /** Who sent the last piece of it, or the checkpoint before it: the log of that replica began with all of this. Undefined before. */
  readonly from: number | undefined;
  /** What the message that began the transfer has shown of that log. What others send is compared with its end. */
  readonly shown: LogSuffix | undefined;
}

/**
 * A checkpoint that is being fetched. Its parts change piece by piece until their digests are those of the
 * checkpoint.
 */
export interface CheckpointTransfer {
  readonly opNumber: number;
  /** The end of the log that it stands for. */
  readonly time: number;
  readonly checksum: string;
  /** The digests of the complete parts. */
  readonly digests: CheckpointDigests;
  readonly table: Tree;
  readonly state: Tree;
  /** The part that is asked about. */
  readonly part: CheckpointPart;
  /** The paths at which that part may still differ. */
  readonly paths: readonly string[];
  /** What has arrived of the text of a leaf that is too large for a message. It begins at the first character. */
  readonly piece?: LeafPiece | undefined;
}

/** A recovery in progress (VRR §4.3). Only answers with its nonce count. */
export interface RecoveryProgress {
  /**
   * The name of its storage and the number of the restart, from the `restart` input: a lost storage takes along its count,
   * and no two storages have the same name. So no two restarts of a replica have the same incarnation.
   */
  readonly incarnation: string;
  /** The name of its storage, if this replica takes no part in its group yet. */
  readonly name: string | null;
  /** The founders of the group, once it is known that the group was founded. */
  readonly founders: readonly string[];
  /** The number of earlier nonces of this incarnation. */
  readonly attempt: number;
  /** The latest answer of each replica. */
  readonly responses: readonly RecoveryResponse[];
  /** The RECOVERING of each other replica that is recovering too, with the present nonce. */
  readonly recovering: readonly Recovering[];
  /** The same of the nonce before. */
  readonly recoveringBefore: readonly Recovering[];
}

/** The state of the primary of a view. */
export interface StateAnswered extends PrimaryState {
  readonly viewNumber: number;
  readonly primary: number;
}

/** A message that leaves once write `after` is durable. */
export interface HeldMessage {
  readonly after: number;
  readonly output: Output & { readonly type: 'send' | 'reply' };
}

/**
 * The state of one replica (VRR §4, Figure 2), as plain data. `step` changes it in place; `fork` copies it first,
 * where the old state is still needed. Everything reachable from it is immutable, except `held`, `clientTable` and
 * `pending`.
 *
 * The paper's client-table is divided in two, so that replacing the log undoes nothing: `clientTable` depends on the
 * executed entries alone, and `pending` on the entries after them.
 *
 * The invariants at the fields hold between any two steps. `brokenInvariant` checks them.
 */
export interface Replica {
  readonly configuration: Configuration;
  readonly replicaNumber: number;
  /**
   * `recovering` if and only if `recovery` is set. With `state-transfer`, `transfer` is set for a view no earlier than the
   * current one.
   */
  status: Status;
  viewNumber: number;
  /** The last view in which the status was normal. At most `viewNumber`, and equal to it while the status is normal. */
  lastNormalView: number;
  /** Its length is the paper's op-number. It begins at the first of `checkpoints` or earlier. */
  log: Log;
  /** The number of the last executed entry. At most the length of the log. */
  commitNumber: number;
  /** The state of the service after entry `commitNumber`. */
  serviceState: unknown;
  /**
   * The latest checkpoint, preceded by the one before it, so that a replica that fetches that one need not start over at
   * once. Each holds executed entries only.
   */
  checkpoints: readonly Checkpoint[];
  /** Client → its record, after entry `commitNumber`. */
  clientTable: ClientTable;
  /** Client → the op-number of its latest entry that is not executed. No larger than the number of such entries. */
  pending: PersistentMap<string, number>;

  /** At the primary, by replica: the highest op-number acknowledged in this view. At most the length of the log. */
  acknowledged: readonly number[];
  /**
   * At the primary, ascending: the last op-number of each PREPARE that is sent and not committed. At most
   * `configuration.pipeline` of them, and none above the length of the log.
   */
  prepares: readonly number[];
  /** At the primary: the other replicas that it has heard in this view since it last checked for a quorum. */
  heard: ReplicaSet;
  /**
   * At the primary, by replica: what its clock showed when it last acknowledged something in this view; 0 if it has not, or was
   * not heard for a failure timeout, and for the primary itself.
   */
  clocks: readonly number[];
  /**
   * At the primary: what the clocks of a quorum had reached when the agreed time last crawled. 0 while it is not ahead of
   * them.
   */
  crawledFrom: number;
  /** At the primary: whether its clock was last seen to differ from those of a quorum by more than `clockBound`. */
  isClockDoubted: boolean;
  /** At the primary: for each of its checkpoints, what is known of the other replicas' in this view. */
  comparisons: readonly Comparison[];
  /** The op-number of the latest checkpoint that an acknowledgement of this view has told. */
  reported: number;
  /**
   * By replica: the op-number at which its log was last found to differ, or 0 if it did not or has agreed since. An alarm was raised
   * when it first did.
   */
  differing: readonly number[];
  /** Set once the replica has stopped for good. It then drops every input, and sends and holds nothing. */
  halted: Halt | undefined;
  /** The other replicas that are known to have moved to this view, by their STARTVIEWCHANGEs or by those of others. */
  startViewChanges: ReplicaSet;
  /** At the primary of this view: the latest DOVIEWCHANGE of each sender. All of them are for this view. */
  doViewChanges: readonly DoViewChange[];
  /** While the status is normal, only a backup fetches, and only the log of its own view. */
  transfer: LogTransfer | undefined;
  /** Outlives the log transfer that needs it, because the next one may need it too. */
  checkpointTransfer: CheckpointTransfer | undefined;
  recovery: RecoveryProgress | undefined;
  /** Names the founders, unless the status is `recovering`. */
  membership: Membership;

  /** The repetitions of the messages that wait for an answer: the backoff of timer `resend`. */
  retransmissions: number;
  /** The view changes begun since the last progress: the backoff of timer `suspect`. */
  viewChanges: number;

  /** Writes are numbered from 1. The last one issued. */
  issuedWrite: number;
  /** The last write that changed the view. At most `issuedWrite`. */
  viewWrite: number;
  /** The last write known to be durable. At most `issuedWrite`. */
  durableWrite: number;
  /** Messages that wait for a write above `durableWrite`, and at most `issuedWrite`. */
  held: HeldMessage[];
}

/**
 * A replica that has never run, in view 0 with an empty log. Its first input must be `start` or `restart`. Throws a
 * RangeError if the number is not that of a replica of the group.
 */
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
    acknowledged: zeroForEach(configuration),
    prepares: [],
    heard: noReplicas,
    clocks: zeroForEach(configuration),
    crawledFrom: 0,
    isClockDoubted: false,
    comparisons: [],
    reported: 0,
    differing: zeroForEach(configuration),
    halted: undefined,
    startViewChanges: noReplicas,
    doViewChanges: [],
    transfer: undefined,
    checkpointTransfer: undefined,
    recovery: undefined,
    membership: noMembership,
    retransmissions: 0,
    viewChanges: 0,
    issuedWrite: 0,
    viewWrite: 0,
    durableWrite: 0,
    held: [],
  };
}

/**
 * A copy that can be stepped while the original does not change. It takes constant time, because log and tables are
 * shared. Between forks a replica changes its tables in place, which is many times cheaper.
 */
export function fork(replica: Replica): Replica {
  // Neither of the two may change a shared table in place.
  replica.clientTable = replica.clientTable.asImmutable();
  replica.pending = replica.pending.asImmutable();
  return copyWith(replica, replica.clientTable, replica.pending, [...replica.held]);
}

/** A copy with these in place of what the replica changes in place. */
export function copyWith(
  replica: Replica,
  clientTable: Replica['clientTable'],
  pending: Replica['pending'],
  held: Replica['held'],
): Replica {
  // A literal that names every field keeps one hidden class, and is many times faster than a spread.
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
    clientTable,
    pending,
    acknowledged: replica.acknowledged,
    prepares: replica.prepares,
    heard: replica.heard,
    clocks: replica.clocks,
    crawledFrom: replica.crawledFrom,
    isClockDoubted: replica.isClockDoubted,
    comparisons: replica.comparisons,
    reported: replica.reported,
    differing: replica.differing,
    halted: replica.halted,
    startViewChanges: replica.startViewChanges,
    doViewChanges: replica.doViewChanges,
    transfer: replica.transfer,
    checkpointTransfer: replica.checkpointTransfer,
    recovery: replica.recovery,
    membership: replica.membership,
    retransmissions: replica.retransmissions,
    viewChanges: replica.viewChanges,
    issuedWrite: replica.issuedWrite,
    viewWrite: replica.viewWrite,
    durableWrite: replica.durableWrite,
    held,
  };
}

/** A list with 0 for each replica: nothing acknowledged, no clock known, no difference found. */
export function zeroForEach({ size }: Configuration): readonly number[] {
  return new Array<number>(size).fill(0);
}

/** The highest of these numbers, one of each replica, that so many replicas have reached; 0 if there is none. */
export function reachedByQuorum(numbers: readonly number[], quorum: number): number {
  // By index: clocks and op-numbers are stored differently, and an iterator over both kinds of lists is several times slower.
  let highest = 0;
  for (let one = 0; one < numbers.length; one++) {
    const number = numbers[one] ?? 0;
    if (number <= highest) continue;
    let holders = 0;
    for (let other = 0; other < numbers.length; other++) if ((numbers[other] ?? 0) >= number) holders++;
    if (holders >= quorum) highest = number;
  }
  return highest;
}

/**
 * What the primary of the latest view has answered to a recovering replica, once f + 1 others have answered, and no later view
 * was entered before the crash (VRR §4.3 step 3).
 */
export function stateAnswered({ configuration, recovery, viewNumber }: Replica): StateAnswered | undefined {
  const responses = recovery?.responses ?? [];
  if (responses.length <= configuration.tolerated) return undefined;
  const latest = Math.max(...responses.map((response) => response.viewNumber));
  const primary = primaryOf(configuration, latest);
  const answer = responses.find(
    (response) => response.viewNumber === latest && response.replicaNumber === primary,
  );
  return answer === undefined || answer.state === null || latest < viewNumber
    ? undefined
    : { ...answer.state, viewNumber: latest, primary };
}

/** Whether the replica and these others are a quorum. */
export function isQuorumWith({ configuration }: Replica, others: ReplicaSet): boolean {
  return sizeOf(others) + 1 >= configuration.quorum;
}

/** Whether this replica is the primary of its view. It acts as primary only while its status is normal. */
export function isPrimary(replica: Replica): boolean {
  return primaryOf(replica.configuration, replica.viewNumber) === replica.replicaNumber;
}
