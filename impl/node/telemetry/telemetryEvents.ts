import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { Timer } from '../../replica/data/outputs.ts';
import type { Status } from '../../replica/data/replica.ts';
import type { Json } from '../../tree/json.ts';
import type { RefusedBecause } from '../cluster/access.ts';

/** The replica that an event is about, in its present state. Part of every event. */
export interface EventContext {
  /** A unique name for this start of the replica. */
  readonly run: string;
  /** From 0. */
  readonly replicaNumber: number;
  /** The number of replicas in the group. */
  readonly size: number;
  /** `bootstrapping`: it has taken no step yet. */
  readonly status: Status | 'bootstrapping';
  /** Its role in its view; it acts in it only with status normal. */
  readonly role: Role;
  /** From 0. */
  readonly viewNumber: number;
  /** The number of entries of its log, from the first ever. */
  readonly opNumber: number;
  /** How many of them are known to be committed. */
  readonly commitNumber: number;
}

/** The role of a replica in a view. */
export type Role = 'primary' | 'backup';

/** The outcome of an input: handled, dropped as outdated or not for this replica, or rejected as impossible. */
export type Outcome = 'handled' | 'dropped' | 'rejected';

/** The request that an event is about. */
interface RequestId {
  readonly clientId: string;
  readonly session: number;
  readonly requestNumber: number;
}

interface Changed<Value> {
  readonly from: Value;
  readonly to: Value;
}

interface Lasted {
  /** In milliseconds. */
  readonly duration: number;
}

/**
 * The details of each type of event, besides its context. Durations are in milliseconds, measured outside the core. The end
 * of something is published even if its beginning was not, for want of a subscriber.
 */
export interface EventDetails {
  /** The replica begins: as its storage says, or with one that says nothing, to found its group or to recover. */
  readonly started: { readonly how: 'resume' | 'join'; readonly incarnation: number };
  /** The replica takes no more input. The last event of a run. */
  readonly stopped: object;
  /** The replica cannot go on: its storage failed, or a step threw. */
  readonly failed: { readonly reason: string };
  /** A replica without a memory still has to hear from these before it may begin. */
  readonly 'bootstrap-waiting': { readonly missing: readonly number[] };

  /** The replica became primary of its view. */
  readonly 'leadership-start': object;
  /** It is primary of that view no more: it has left the view, was stopped, or failed. */
  readonly 'leadership-stop': Lasted & { readonly ledView: number; readonly reason: LeadershipEnd };
  /** The status has changed. */
  readonly 'status-changed': Changed<Status | 'bootstrapping'>;
  /** The view-number has changed. */
  readonly 'view-changed': Changed<number>;
  /** The replica is primary of its new view and was backup in the one before, or the reverse. */
  readonly 'role-changed': Changed<Role>;

  /** The replica calls a later view, by itself or because another replica did. */
  readonly 'view-change-start': Changed<number>;
  /** A STARTVIEWCHANGE or DOVIEWCHANGE counts. `votes`: the number received for this view, the replica's own included. */
  readonly 'vote-received': { readonly vote: Vote; readonly from: number; readonly votes: number };
  /** A quorum has called the view, or voted in it, or holds all entries up to `number`. */
  readonly 'quorum-reached': {
    readonly of: Vote | 'PREPAREOK';
    /** A view-number, or for PREPAREOK an op-number. */
    readonly number: number;
  };
  /** The status is normal again. `duration`: since the first call. */
  readonly 'view-change-stop': Lasted & Changed<number>;

  /** A message was given to the transport. */
  readonly sent:
    | { readonly to: number; readonly message: Message }
    | { readonly to: 'client'; readonly message: ClientMessage };
  /** A message came. `from`: its sender, if that is known. */
  readonly received: {
    readonly message: Message;
    readonly from: number | undefined;
    readonly outcome: Outcome;
    /** Why it was dropped or rejected. */
    readonly reason: string | undefined;
  };

  /** The primary has put a request into the log at this op-number. */
  readonly 'request-start': RequestId & {
    readonly at: number;
    readonly operation: Json;
    /** The span of the caller, in W3C's form, if it came with the request. */
    readonly traceparent: string | undefined;
  };
  /**
   * The outcome of a request at that primary, since its arrival. `unknown`: it is primary no more, and the next one decides.
   */
  readonly 'request-stop': Lasted & {
    readonly at: number;
    readonly outcome: 'executed' | 'failed' | 'registered' | 'ended' | 'turned-away' | 'unknown';
  };
  /** A backup forwarded a request to the primary. */
  readonly 'request-forwarded': RequestId & { readonly to: number };
  /** A request that was executed before was answered from the client-table. */
  readonly 'request-answered': RequestId;

  /** The log is longer: entries were appended, or came with a view or a checkpoint. */
  readonly appended: Changed<number>;
  /** A view began whose log lacks the last entries of the replica's own. None of them was committed. */
  readonly 'log-conflict': { readonly kept: number; readonly lost: number };
  /** The log dropped its first entries: a checkpoint stands for them. */
  readonly 'log-compacted': Changed<number>;
  /** The commit-number has grown: more entries are executed. */
  readonly committed: Changed<number>;
  /** The service begins to execute an entry. */
  readonly 'execution-start': { readonly at: number; readonly operation: Json };
  /** The service has executed the entry `at`. */
  readonly 'execution-stop': Lasted & { readonly at: number };
  /** The service threw: the operation fails, at every replica, and changes nothing. */
  readonly 'execution-exception': Lasted & { readonly at: number; readonly reason: string };
  /** The number of entries that replica `of` is known to lack: the replica itself, or at a primary, a backup. */
  readonly lag: { readonly of: number; readonly entries: number };

  /** The replica fetches the log of a view, or its end, from replica `asked`. */
  readonly 'state-transfer-start': { readonly ofView: number; readonly asked: number };
  /** The log is fetched, or no longer needed. */
  readonly 'state-transfer-stop': Lasted & { readonly ofView: number };

  /** The replica asks the others for the state that it lost. */
  readonly 'recovery-start': { readonly incarnation: string };
  /** Another replica answered the recovery. `answers`: the number received. */
  readonly 'recovery-answered': {
    readonly from: number;
    readonly inView: number;
    readonly answers: number;
  };
  /** The replica has recovered. */
  readonly 'recovery-stop': Lasted;

  /** The replica took a checkpoint of the first `of` entries. */
  readonly 'checkpoint-taken': { readonly of: number };
  /** The replica fetches another replica's checkpoint. */
  readonly 'checkpoint-fetch-start': { readonly of: number };
  /** The checkpoint is complete. */
  readonly 'checkpoint-fetch-stop': Lasted & { readonly of: number };
  /** A checkpoint, fetched or from storage, replaced the executed state. */
  readonly 'checkpoint-restored': { readonly of: number };

  /** The entry has registered its client. */
  readonly 'client-registered': { readonly clientId: string; readonly at: number };
  /** The client that was silent for longest lost its session to another. */
  readonly 'client-evicted': { readonly clientId: string };
  /** A request was not executed, because its session had ended before. */
  readonly 'client-turned-away': RequestId & { readonly at: number };

  /** A timer was set. Delay 0: it was stopped. */
  readonly 'timer-set': { readonly timer: Timer /** In milliseconds. */; readonly delay: number };
  /** A timer has fired. `suspect` suspects the primary, or gives up a view change. */
  readonly 'timer-fired': { readonly timer: Timer; readonly outcome: Outcome };

  /** Records became durable together. */
  readonly written: Lasted & { readonly records: number };
  /** Storage was found corrupt when it was opened. */
  readonly 'corruption-found': { readonly finding: string };
  /** A connection was made or lost. `to`: the number of the replica at its other end, if it is known. */
  readonly connection: {
    readonly state: 'connected' | 'lost';
    readonly to: number | undefined;
    readonly reason: string;
  };
  /** The transport rejected input: bytes that are no frame, a message that no correct sender sends, or an unknown peer. */
  readonly rejected: { readonly from: string; readonly reason: string };
  /** A request was not taken, because the name of its client lacks a role or has reached a limit. */
  readonly 'request-refused': {
    /** The common name in its certificate. */
    readonly client: string;
    readonly because: RefusedBecause;
    readonly reason: string;
  };
  /** A message was not sent, because there is no connection or its queue is full. */
  readonly unsent: { readonly to: number | 'client'; readonly reason: string };
  /** An operator must act: the group may have lost more than it tolerates, or the service prevents something. */
  readonly alarm: { readonly reason: string };
}

/** The votes of a view change. */
type Vote = 'STARTVIEWCHANGE' | 'DOVIEWCHANGE';

/** Why a replica ceased to be primary of its view. */
export type LeadershipEnd = Exclude<Status, 'normal'> | 'later-view' | 'stopped' | 'failed';

/** The types of events. */
export type EventType = keyof EventDetails;

/** Maps the type of an event to the event. */
export type EventMap = {
  readonly [Type in EventType]: { readonly type: Type } & EventContext & EventDetails[Type];
};

/** An event of this type. */
export type EventOf<Type extends EventType> = EventMap[Type];

/** Any event. */
export type TelemetryEvent = EventMap[EventType];

/** Publishes an event about the replica, if its channel has a subscriber. */
export type Publish = <Type extends EventType>(type: Type, details: EventDetails[Type]) => void;
