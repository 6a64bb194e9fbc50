import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { Timer } from '../../replica/data/outputs.ts';
import type { Status } from '../../replica/data/replica.ts';
import type { Json } from '../../tree/json.ts';

/** Who speaks, and how that replica is now. Every event says it. */
export interface EventContext {
  /** A name for this start of the replica, which no other start of any replica has. */
  readonly run: string;
  readonly replicaNumber: number;
  /** How many replicas the group has. */
  readonly size: number;
  /** `founding`: it has taken no step yet. */
  readonly status: Status | 'founding';
  /** Its part in its view; only with status normal does it play it. */
  readonly role: Role;
  readonly viewNumber: number;
  readonly opNumber: number;
  readonly commitNumber: number;
}

/** What a replica is in a view. */
export type Role = 'primary' | 'backup';

/** What became of an input: it was acted upon, it came too late or to the wrong replica, or it was impossible. */
export type Outcome = 'taken' | 'dropped' | 'refused';

/** Which request an event is about. */
export interface RequestId {
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
 * What each kind of event says besides `Standing`. Durations are in milliseconds, measured outside the core. An event
 * that ends something is told even if its beginning was not, because nobody listened then.
 */
export interface EventDetails {
  /** The replica begins: anew with its group, from its storage, or without a memory. */
  readonly begun: { readonly how: 'start' | 'resume' | 'recover'; readonly incarnation: number };
  /** The replica takes nothing in any more, and nothing is told of this run after that. */
  readonly stopped: object;
  /** The replica can do nothing more: its storage failed, or it broke. */
  readonly failed: { readonly reason: string };
  /** A replica that knows nothing still has to hear from these before it may begin. */
  readonly waiting: { readonly missing: readonly number[] };

  /** The replica leads its view from now on. */
  readonly 'leadership-start': object;
  /** It led that view no longer: another was called for, or had started without it, or it was stopped, or broke. */
  readonly 'leadership-stop': Lasted & { readonly ledView: number; readonly reason: LeadershipEnd };
  readonly 'status-changed': Changed<Status | 'founding'>;
  /** The view-number has changed. */
  readonly 'view-changed': Changed<number>;
  /** The replica is the primary of its new view and was not that of the one before, or the reverse. */
  readonly 'role-changed': Changed<Role>;

  /** The replica calls for a later view, by itself or because another did. */
  readonly 'view-change-start': Changed<number>;
  /** A STARTVIEWCHANGE or DOVIEWCHANGE counts: so many are here for this view now, the replica's own included. */
  readonly 'vote-received': { readonly vote: Vote; readonly from: number; readonly votes: number };
  /** As many as are needed have called for the view, or voted in it, or hold all entries up to `number`. */
  readonly 'quorum-reached': {
    readonly of: Vote | 'PREPAREOK';
    /** A view-number, or for PREPAREOK an op-number. */
    readonly number: number;
  };
  /** The status is normal again, since the first call in `duration`. */
  readonly 'view-change-stop': Lasted & Changed<number>;

  /** A message was given to the transport. */
  readonly sent:
    | { readonly to: number; readonly message: Message }
    | { readonly to: 'client'; readonly message: ClientMessage };
  /** A message came to the replica; who sent it, where that can be known. */
  readonly received: {
    readonly message: Message;
    readonly from: number | undefined;
    readonly outcome: Outcome;
    /** Why it was dropped or refused. */
    readonly reason: string | undefined;
  };

  /** The primary has given a request this place in the log. */
  readonly 'request-start': RequestId & { readonly at: number; readonly operation: Json };
  /**
   * What became of it at that primary, since it came. `unknown`: the primary leads no more, and the next one decides.
   */
  readonly 'request-stop': Lasted & {
    readonly at: number;
    readonly outcome: 'executed' | 'registered' | 'turned-away' | 'unknown';
  };
  /** A backup passed a request on to the primary. */
  readonly 'request-forwarded': RequestId & { readonly to: number };
  /** A request was executed before, and answered from the client-table. */
  readonly 'request-answered': RequestId;

  /** The log reaches further: entries were appended, or came with a view or a checkpoint. */
  readonly appended: Changed<number>;
  /** A view began whose log lacks the last entries of the replica's own, none of them committed. */
  readonly 'log-conflict': { readonly kept: number; readonly lost: number };
  /** The first entries of the log are gone: a checkpoint stands for them. */
  readonly 'log-compacted': Changed<number>;
  /** More entries are executed. */
  readonly committed: Changed<number>;
  /** The service begins to execute an entry. */
  readonly 'execution-start': { readonly at: number; readonly operation: Json };
  readonly 'execution-stop': Lasted & { readonly at: number };
  /** The service threw, which no service may: the replica breaks. */
  readonly 'execution-exception': Lasted & { readonly at: number; readonly reason: string };
  /** How many entries a replica is known to lack: `of` is the replica itself, or as its primary sees it another. */
  readonly lag: { readonly of: number; readonly entries: number };

  /** The log of a view, or its end, is being fetched from another replica. */
  readonly 'state-transfer-start': { readonly ofView: number; readonly asked: number };
  /** It is here, or not needed any more. */
  readonly 'state-transfer-stop': Lasted & { readonly ofView: number };

  /** The replica asks the others for what it lost. */
  readonly 'recovery-start': { readonly incarnation: number };
  /** Another replica answered that: so many have. */
  readonly 'recovery-answered': {
    readonly from: number;
    readonly inView: number;
    readonly answers: number;
  };
  readonly 'recovery-stop': Lasted;

  /** A checkpoint of so many entries was taken. */
  readonly 'checkpoint-taken': { readonly of: number };
  /** A checkpoint that another replica has is being fetched. */
  readonly 'checkpoint-fetch-start': { readonly of: number };
  /** All of it is here. */
  readonly 'checkpoint-fetch-stop': Lasted & { readonly of: number };
  /** A checkpoint, fetched or from storage, took the place of what was executed. */
  readonly 'checkpoint-restored': { readonly of: number };

  /** The entry has begun a session for its client. */
  readonly 'client-registered': { readonly clientId: string; readonly at: number };
  /** A client that was silent for longest lost its session to another. */
  readonly 'client-evicted': { readonly clientId: string };
  /** A request was not executed, because its client was evicted before. */
  readonly 'client-turned-away': RequestId & { readonly at: number };

  /** A timer was set; with delay 0 it was stopped. */
  readonly 'timer-set': { readonly timer: Timer /** In milliseconds. */; readonly delay: number };
  /** A timer has fired; `suspect` is the one that gives a primary up. */
  readonly 'timer-fired': { readonly timer: Timer; readonly outcome: Outcome };

  /** So many records became durable together. */
  readonly written: Lasted & { readonly records: number };
  /** Storage was found harmed when it was opened. */
  readonly 'damage-found': { readonly finding: string };
  /** A connection was made or lost: to a replica, if there is a number. */
  readonly connection: {
    readonly state: 'connected' | 'lost';
    readonly to: number | undefined;
    readonly reason: string;
  };
  /** The transport refused what came: bytes that are no frame, a message that nobody can have sent, a stranger. */
  readonly refused: { readonly from: string; readonly reason: string };
  /** There was no room, or no connection, for a message. */
  readonly unsent: { readonly to: number | 'client'; readonly reason: string };
  /** The group may have lost more than it tolerates; an operator must know. */
  readonly alarm: { readonly reason: string };
}

/** The votes of a view change. */
export type Vote = 'STARTVIEWCHANGE' | 'DOVIEWCHANGE';

/** Why a replica led its view no longer. */
export type LeadershipEnd = Exclude<Status, 'normal'> | 'later-view' | 'stopped' | 'failed';

/** The kinds of events. */
export type EventType = keyof EventDetails;

/** Type → event. */
export type EventMap = {
  readonly [Type in EventType]: { readonly type: Type } & EventContext & EventDetails[Type];
};

/** An event of this type. */
export type EventOf<Type extends EventType> = EventMap[Type];

/** Everything that a replica tells whoever listens. */
export type TelemetryEvent = EventMap[EventType];

/** Publishes an event about the replica, if anybody listens to such events. */
export type Publish = <Type extends EventType>(type: Type, details: EventDetails[Type]) => void;
