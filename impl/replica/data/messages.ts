import type { Answer, Question } from '../../tree/exchange.ts';
import type { Json } from '../../tree/json.ts';
import type { Request } from './entry.ts';
import type { LogSuffix } from './log.ts';

/**
 * ⟨REPLY v, s, x⟩ from a replica to a client (VRR §4.1). Departure: it names the client, whose address may be reused. The
 * result of a registration is the session.
 */
export interface Reply {
  readonly type: 'REPLY';
  readonly viewNumber: number;
  readonly clientId: string;
  readonly requestNumber: number;
  readonly result: Json;
}

/**
 * ⟨EVICTED v, s⟩ from the primary to a client whose session is over (no message of VRR, whose client-table is not bounded): its
 * request was not executed now, and nobody knows any more whether it was before.
 */
export interface Evicted {
  readonly type: 'EVICTED';
  readonly viewNumber: number;
  readonly clientId: string;
  readonly requestNumber: number;
}

/** Everything that a client can receive. */
export type ClientMessage = Reply | Evicted;

/**
 * ⟨PREPARE v, m, n, k⟩ from the primary to all backups (VRR §4.1). In place of one request m it carries all entries up to n
 * that no PREPARE has carried before (VRR §6.2: batching), one at least.
 */
export interface Prepare {
  readonly type: 'PREPARE';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/** ⟨PREPAREOK v, n, i⟩ from a backup to the primary: it holds everything up to n (VRR §4.1). */
export interface PrepareOk {
  readonly type: 'PREPAREOK';
  readonly viewNumber: number;
  readonly opNumber: number;
  readonly replicaNumber: number;
}

/** ⟨COMMIT v, k⟩ from an idle primary to all backups (VRR §4.1). */
export interface Commit {
  readonly type: 'COMMIT';
  readonly viewNumber: number;
  readonly commitNumber: number;
}

/** ⟨STARTVIEWCHANGE v, i⟩ from a replica that has moved to view v, to all others (VRR §4.2). */
export interface StartViewChange {
  readonly type: 'STARTVIEWCHANGE';
  readonly viewNumber: number;
  readonly replicaNumber: number;
}

/**
 * ⟨DOVIEWCHANGE v, l, v′, n, k, i⟩ to the primary of view v; v′ is the sender's last normal view (VRR §4.2). Departure
 * (VRR §5.3): l is the log's end, as much of it as may travel at once.
 */
export interface DoViewChange {
  readonly type: 'DOVIEWCHANGE';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly lastNormalView: number;
  readonly opNumber: number;
  readonly commitNumber: number;
  readonly replicaNumber: number;
}

/** ⟨STARTVIEW v, l, n, k⟩ from the new primary to all others (VRR §4.2). Departure (VRR §5.3): l is the log's end. */
export interface StartView {
  readonly type: 'STARTVIEW';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/** ⟨GETSTATE v, n′, i⟩ from a replica that has view v's log only up to n′ (VRR §5.2). */
export interface GetState {
  readonly type: 'GETSTATE';
  readonly viewNumber: number;
  readonly opNumber: number;
  readonly replicaNumber: number;
}

/**
 * ⟨NEWSTATE v, l, n, k⟩ in answer to GETSTATE; l holds entries after n′ (VRR §5.2). Departure: as many as may travel at
 * once, which need not be all up to n.
 */
export interface NewState {
  readonly type: 'NEWSTATE';
  readonly viewNumber: number;
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/** The two parts of a checkpoint, each a tree. */
export type CheckpointPart = 'table' | 'state';

/**
 * ⟨GETCHECKPOINT v, n, p, q, i⟩ from a replica that fetches the log of view v and lacks entries that are gone where it
 * asks (VRR §5.1, where no message is named): questions about a part of the checkpoint that stands for n entries.
 */
export interface GetCheckpoint {
  readonly type: 'GETCHECKPOINT';
  readonly viewNumber: number;
  readonly opNumber: number;
  readonly part: CheckpointPart;
  readonly questions: readonly Question[];
  readonly replicaNumber: number;
}

/** What is different where it was asked about. */
export interface Exchanged {
  readonly part: CheckpointPart;
  /** What the questions were about. */
  readonly paths: readonly string[];
  readonly answer: Answer;
}

/**
 * ⟨CHECKPOINT v, n, t, d, a⟩ in answer to GETSTATE where entries are gone, or to GETCHECKPOINT (VRR §5.1): a checkpoint that
 * stands for n entries can be had, its digests are d, and this is different in it. v is the view in the question.
 */
export interface CheckpointMessage {
  readonly type: 'CHECKPOINT';
  readonly viewNumber: number;
  readonly opNumber: number;
  /** The time predicted for the last of these entries. */
  readonly time: number;
  readonly digests: { readonly [part in CheckpointPart]: string };
  /** Null where nothing was asked about this checkpoint yet. */
  readonly exchanged: Exchanged | null;
}

/** ⟨RECOVERY i, x⟩ from a replica that lost its state (VRR §4.3). Departure: v, the view it had promised to reach. */
export interface Recovery {
  readonly type: 'RECOVERY';
  readonly viewNumber: number;
  readonly nonce: string;
  readonly replicaNumber: number;
}

/** What only the primary of its view adds to its RECOVERYRESPONSE (VRR §4.3). Departure: l is the log's end. */
export interface PrimaryState {
  readonly suffix: LogSuffix;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/** ⟨RECOVERYRESPONSE v, x, l, n, k, j⟩; l, n and k are null unless the sender is the primary of v (VRR §4.3). */
export interface RecoveryResponse {
  readonly type: 'RECOVERYRESPONSE';
  readonly viewNumber: number;
  readonly nonce: string;
  readonly state: PrimaryState | null;
  readonly replicaNumber: number;
}

/** Everything that a replica can receive. */
export type Message =
  | Request
  | Prepare
  | PrepareOk
  | Commit
  | StartViewChange
  | DoViewChange
  | StartView
  | GetState
  | NewState
  | GetCheckpoint
  | CheckpointMessage
  | Recovery
  | RecoveryResponse;
