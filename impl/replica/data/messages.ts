import type { TreeAnswer, TreeQuestion } from '../../tree/exchange.ts';
import type { Json } from '../../tree/json.ts';
import type { Request } from './entry.ts';
import type { LogSuffix } from './log.ts';
import type { Membership } from './membership.ts';
import type { ReplicaSet } from './replicaSet.ts';

/*
 * The shape of every message is written here, once. Types derived from it check the schemas at the socket
 * (impl/node/encoding/messageSchema.ts): a missing or a surplus field does not compile. The meaning of the values is
 * checked by validation/: which numbers can stand together, and who can have sent them.
 *
 * Departure: each part of a log carries the chained checksum of the log at its last entry, so that two logs that should
 * agree and do not are found by the first message. PREPAREOK and COMMIT, which name only an op-number, carry an empty part.
 */

/**
 * ⟨REPLY v, s, x⟩ from a replica to a client (VRR §4.1). The result of a registration is the session, and that of the end of a
 * session is null. Departure: it names the client, whose address may be reused.
 */
export interface Reply {
  readonly type: 'REPLY';
  readonly viewNumber: number;
  readonly clientId: string;
  readonly requestNumber: number;
  readonly result: Json;
}

/**
 * ⟨EVICTED v, s⟩ from the primary to a client whose session has ended. Its request was not executed now, and may have
 * been executed before. VRR has no such message, because its client-table is unbounded.
 */
export interface Evicted {
  readonly type: 'EVICTED';
  readonly viewNumber: number;
  readonly clientId: string;
  readonly requestNumber: number;
}

/**
 * ⟨FAILED v, s⟩ from a replica to a client: the service failed at the request, at every replica. It changed nothing, and
 * is not tried again. VRR has no such message, because its services do not fail.
 */
export interface Failed {
  readonly type: 'FAILED';
  readonly viewNumber: number;
  readonly clientId: string;
  readonly requestNumber: number;
}

/** Every message that a client can receive. */
export type ClientMessage = Reply | Failed | Evicted;

/**
 * ⟨PREPARE v, m, n, k⟩ from the primary to all backups (VRR §4.1). Departure (VRR §6.2: batching): in place of one
 * request m it carries all entries up to n that no earlier PREPARE carried, and at least one.
 */
export interface Prepare {
  readonly type: 'PREPARE';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/** The two parts of a checkpoint. Each is a tree. */
export type CheckpointPart = 'table' | 'state';

/** The digests of a checkpoint, by part. */
export type CheckpointDigests = { readonly [part in CheckpointPart]: string };

/** A checkpoint without its contents. */
export interface CheckpointSummary {
  readonly opNumber: number;
  readonly digests: CheckpointDigests;
}

/** What a quorum holds as the checkpoint of an op-number. */
export interface AgreedCheckpoint {
  readonly opNumber: number;
  /** Null: the replicas hold so many different ones that no quorum can agree. */
  readonly digests: CheckpointDigests | null;
}

/**
 * ⟨PREPAREOK v, n, i, t, d⟩ from a backup to the primary: it holds all entries up to n (VRR §4.1). Departure (VRR §4.4): t is
 * what its clock shows. Departure (VRR §5.1): d are the digests of its latest checkpoint, which it tells once.
 */
export interface PrepareOk {
  readonly type: 'PREPAREOK';
  readonly viewNumber: number;
  readonly opNumber: number;
  /** Empty, after entry n. */
  readonly suffix: LogSuffix;
  readonly replicaNumber: number;
  /** Milliseconds, or 0 if no clock was read. */
  readonly clock: number;
  /** The sender's latest checkpoint, unless it has told it in this view. */
  readonly checkpoint: CheckpointSummary | null;
}

/**
 * ⟨COMMIT v, k, d⟩ from an idle primary to all backups (VRR §4.1). Departure: it tells the digests d that a quorum shares
 * at the latest checkpoint for which the primary knows it.
 */
export interface Commit {
  readonly type: 'COMMIT';
  readonly viewNumber: number;
  readonly commitNumber: number;
  /** Empty, after entry k. */
  readonly suffix: LogSuffix;
  readonly agreed: AgreedCheckpoint | null;
}

/**
 * ⟨COMMITOK v, i, t, d⟩ from a replica to the primary of view v: it hears that primary, its clock shows t, and its latest
 * checkpoint has the digests d. VRR has no such message, so that there a primary which no one can answer keeps its view.
 */
export interface CommitOk {
  readonly type: 'COMMITOK';
  readonly viewNumber: number;
  readonly replicaNumber: number;
  /** Milliseconds, or 0 if no clock was read. */
  readonly clock: number;
  readonly checkpoint: CheckpointSummary | null;
}

/**
 * ⟨STARTVIEWCHANGE v, i, s⟩ from a replica that has moved to view v, to all others (VRR §4.2). Departure: it relays the
 * others that the sender knows to have moved to view v. They stored that view before they said so, so that any
 * replica that hears of it may count them.
 */
export interface StartViewChange {
  readonly type: 'STARTVIEWCHANGE';
  readonly viewNumber: number;
  readonly replicaNumber: number;
  /** The others that have moved to view v. */
  readonly callers: ReplicaSet;
}

/**
 * ⟨DOVIEWCHANGE v, l, v′, n, k, i, g⟩ to the primary of view v. v′ is the sender's last normal view (VRR §4.2).
 * Departure (VRR §5.3): l is the end of the log, within `maxChars`. Departure (VRR §4.3): g says how often each replica
 * is known to have lost its memory, because the vote of one that has lost it since does not count.
 */
export interface DoViewChange {
  readonly type: 'DOVIEWCHANGE';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly lastNormalView: number;
  readonly opNumber: number;
  readonly commitNumber: number;
  readonly replicaNumber: number;
  readonly generations: readonly number[];
}

/**
 * ⟨STARTVIEW v, l, n, k⟩ from the new primary to all others (VRR §4.2). Departure (VRR §5.3): l is the end of the
 * log, within `maxChars`.
 */
export interface StartView {
  readonly type: 'STARTVIEW';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/** ⟨GETSTATE v, n′, i⟩ from a replica that holds the log of view v only up to n′ (VRR §5.2). */
export interface GetState {
  readonly type: 'GETSTATE';
  readonly viewNumber: number;
  readonly opNumber: number;
  readonly replicaNumber: number;
}

/**
 * ⟨NEWSTATE v, l, n, k, i⟩ in answer to GETSTATE. l holds entries after n′ (VRR §5.2). Departure: as many as fit in
 * `maxChars`, which need not reach n. Departure: it names its sender i, for the alarm about a log that differs.
 */
export interface NewState {
  readonly type: 'NEWSTATE';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
  readonly replicaNumber: number;
}

/**
 * ⟨GETCHECKPOINT v, n, p, q, o, i⟩ from a replica that fetches the log of view v from a replica that has dropped some of
 * its entries (VRR §5.1, which names no message). q are questions about part p of the checkpoint of n entries.
 * o is how much it has of a leaf that is too large for a message.
 */
export interface GetCheckpoint {
  readonly type: 'GETCHECKPOINT';
  readonly viewNumber: number;
  readonly opNumber: number;
  readonly part: CheckpointPart;
  readonly questions: readonly TreeQuestion[];
  /** Characters of the leaf's text. */
  readonly from: number;
  readonly replicaNumber: number;
}

/** An answer to questions about a checkpoint. */
export interface Exchanged {
  readonly part: CheckpointPart;
  /** The paths of the questions. */
  readonly paths: readonly string[];
  readonly answer: TreeAnswer;
}

/**
 * ⟨CHECKPOINT v, n, t, c, d, a, i⟩ in answer to GETSTATE or GETCHECKPOINT (VRR §5.1). It offers a checkpoint of n entries
 * with the digests d, and answers with the differences a. v is the view of the question.
 */
export interface CheckpointMessage {
  readonly type: 'CHECKPOINT';
  readonly viewNumber: number;
  readonly opNumber: number;
  /** The time predicted for the last of these entries. */
  readonly time: number;
  /** The chained checksum of the log at entry n. */
  readonly checksum: string;
  readonly digests: CheckpointDigests;
  /** Null in an offer, which answers no question. */
  readonly exchanged: Exchanged | null;
  readonly replicaNumber: number;
}

/**
 * ⟨RECOVERY v, i, x, g, s⟩ from a replica that lost its state (VRR §4.3). Departure: it adds v, the latest view that the
 * replica had entered. s is null, unless the replica takes no part in its group: then it is the name of its storage, and
 * g says how often the replica has lost its memory, or is 0 while it does not know.
 */
export interface Recovery {
  readonly type: 'RECOVERY';
  readonly viewNumber: number;
  readonly nonce: string;
  readonly generation: number;
  readonly name: string | null;
  readonly replicaNumber: number;
}

/**
 * ⟨RECOVERING v, x, y, s, i⟩ from a replica that is recovering itself, in answer to RECOVERY. y is its incarnation, and s
 * the name of its storage if it takes no part in its group, or null.
 * Departure (VRR §4.3 names no such message): it shows that both replicas are recovering, which a late RECOVERY does not.
 */
export interface Recovering {
  readonly type: 'RECOVERING';
  readonly viewNumber: number;
  readonly nonce: string;
  readonly incarnation: string;
  readonly name: string | null;
  readonly replicaNumber: number;
}

/**
 * ⟨FOUNDED s, i⟩ from a member of the group to a replica that takes no part in it. s names the storages of the founders.
 * VRR §4 assumes that all replicas begin together.
 */
export interface Founded {
  readonly type: 'FOUNDED';
  /** The sender's view. */
  readonly viewNumber: number;
  readonly founders: readonly string[];
  readonly replicaNumber: number;
}

/**
 * The state that only the primary of the view adds to its RECOVERYRESPONSE (VRR §4.3). Departure: l is the end of the
 * log.
 */
export interface PrimaryState {
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/**
 * ⟨RECOVERYRESPONSE v, x, l, n, k, j, m⟩. l, n and k are null unless the sender is the primary of v (VRR §4.3). m is what
 * the sender knows of the members.
 */
export interface RecoveryResponse {
  readonly type: 'RECOVERYRESPONSE';
  readonly viewNumber: number;
  readonly nonce: string;
  readonly state: PrimaryState | null;
  readonly replicaNumber: number;
  readonly membership: Membership;
}

/** Every message that a replica can receive. */
export type Message =
  | Request
  | Prepare
  | PrepareOk
  | Commit
  | CommitOk
  | StartViewChange
  | DoViewChange
  | StartView
  | GetState
  | NewState
  | GetCheckpoint
  | CheckpointMessage
  | Recovery
  | RecoveryResponse
  | Recovering
  | Founded;
