import type { Json } from '../../promise/model/json.ts';
import type { Generations } from './generations.ts';
import type { Log } from './log.ts';

/*
 * A message states something about its sender. It may be sent whenever that is true, any number of times: the rules are in
 * actions/permissions.ts. Logs are whole logs here. Where the implementation sends a part of one, it sends this message in pieces.
 */

/** ⟨REQUEST op, c, s⟩: the client wants this operation, or a session to begin or to end (VRR §4.1). */
export interface Request {
  readonly type: 'REQUEST';
  readonly clientId: string;
  readonly session: number;
  readonly requestNumber: number;
  readonly operation: Json;
}

/** ⟨REPLY v, s, x⟩: the replica has executed this log, which ends with the request. The result follows from it (VRR §4.1). */
export interface Reply {
  readonly type: 'REPLY';
  readonly clientId: string;
  readonly requestNumber: number;
  readonly log: Log;
}

/** ⟨PREPARE v, m, n, k⟩: the log of view v begins like this, and its first k entries are committed (VRR §4.1). */
export interface Prepare {
  readonly type: 'PREPARE';
  readonly viewNumber: number;
  readonly log: Log;
  readonly commitNumber: number;
}

/** ⟨PREPAREOK v, n, i⟩: replica i holds the first n entries of the log of view v, and has promised no later view (VRR §4.1). */
export interface PrepareOk {
  readonly type: 'PREPAREOK';
  readonly viewNumber: number;
  readonly opNumber: number;
  readonly replica: number;
}

/** ⟨COMMIT v, k⟩: the first k entries of the log of view v are committed (VRR §4.1). */
interface Commit {
  readonly type: 'COMMIT';
  readonly viewNumber: number;
  readonly commitNumber: number;
}

/** ⟨STARTVIEWCHANGE v, i⟩: replica i has moved to view v (VRR §4.2). */
interface StartViewChange {
  readonly type: 'STARTVIEWCHANGE';
  readonly viewNumber: number;
  readonly replica: number;
}

/**
 * ⟨DOVIEWCHANGE v, l, v′, n, k, i, g⟩: replica i has moved to view v, and acknowledges nothing in earlier ones any more. Until
 * then it was last normal in view v′, with this log (VRR §4.2). g is what it knows of lost storages (departure).
 */
export interface DoViewChange {
  readonly type: 'DOVIEWCHANGE';
  readonly viewNumber: number;
  readonly lastNormalView: number;
  readonly log: Log;
  readonly commitNumber: number;
  readonly replica: number;
  readonly generations: Generations;
}

/** ⟨STARTVIEW v, l, n, k⟩: view v has started, and its log has at least these entries (VRR §4.2). */
export interface StartView {
  readonly type: 'STARTVIEW';
  readonly viewNumber: number;
  readonly log: Log;
  readonly commitNumber: number;
}

/** ⟨NEWSTATE v, l, n, k⟩: as STARTVIEW, from any replica whose last normal view is v (VRR §5.2). GETSTATE asks for it. */
export interface NewState {
  readonly type: 'NEWSTATE';
  readonly viewNumber: number;
  readonly log: Log;
  readonly commitNumber: number;
}

/**
 * ⟨RECOVERY i, x, v, g⟩: replica i has lost its log, and had moved to view v before. x tells its restarts apart (VRR §4.3). g says how
 * often it has lost its whole storage, or is 0 while it does not know (departure).
 */
export interface Recovery {
  readonly type: 'RECOVERY';
  readonly replica: number;
  readonly nonce: number;
  readonly viewNumber: number;
  readonly generation: number;
}

/**
 * ⟨RECOVERYRESPONSE v, x, l, n, j, g⟩: replica j, which is normal in view v, was asked. If it is the primary of v, it adds its
 * log (VRR §4.3). The paper adds k, which COMMIT tells too. g is what it knows of lost storages (departure).
 */
export interface RecoveryResponse {
  readonly type: 'RECOVERYRESPONSE';
  readonly viewNumber: number;
  readonly asked: Recovery;
  readonly log: Log | undefined;
  readonly replica: number;
  readonly generations: Generations;
}

/** ⟨READ op, c, r⟩: the client wants to read, and needs no entry for it. r numbers its reads (departure). */
export interface Read {
  readonly type: 'READ';
  readonly clientId: string;
  readonly readNumber: number;
  readonly operation: Json;
}

/** ⟨CONFIRM v, x⟩: the primary of view v has begun its round x, and asks who is in its view (departure). */
export interface Confirm {
  readonly type: 'CONFIRM';
  readonly viewNumber: number;
  readonly round: number;
}

/** ⟨COMMITOK v, x, i⟩: after round x of view v had begun, replica i had moved to no later view (departure). */
export interface CommitOk {
  readonly type: 'COMMITOK';
  readonly viewNumber: number;
  readonly round: number;
  readonly replica: number;
}

/** ⟨READREPLY r, x⟩: the replica has executed this log, which is no older than the read. The result follows from both (departure). */
export interface ReadReply {
  readonly type: 'READREPLY';
  readonly read: Read;
  readonly log: Log;
}

/** Every message of the protocol. */
export type Message =
  | Request
  | Reply
  | Prepare
  | PrepareOk
  | Commit
  | StartViewChange
  | DoViewChange
  | StartView
  | NewState
  | Recovery
  | RecoveryResponse
  | Read
  | Confirm
  | CommitOk
  | ReadReply;
