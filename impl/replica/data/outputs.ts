import type { Json } from '../../tree/json.ts';
import type { Entry } from './entry.ts';
import type { ClientMessage, Message } from './messages.ts';
import type { AlarmReason, DropReason, HaltReason, RejectReason } from './reasons.ts';
import type { StorageRecord } from './storage.ts';

/**
 * The timers of a replica. Each serves liveness only (VRR §4.1–4.3).
 *
 * - `heartbeat`: the idle primary sends COMMIT.
 * - `resend`: messages that wait for an answer are sent again.
 * - `suspect`: the replica gives up the primary, or a stalled view change; the primary gives up its view if it has not
 *   heard a quorum.
 */
export type Timer = 'heartbeat' | 'resend' | 'suspect';

/** What a step asks of the environment. */
export type Output =
  /** Send the message to another replica. */
  | { readonly type: 'send'; readonly to: number; readonly message: Message }
  /** Send the answer to the client that it names. */
  | { readonly type: 'reply'; readonly message: ClientMessage }
  /** Make the records durable, after those of earlier writes. Then give the replica `durable` with this number. */
  | { readonly type: 'write'; readonly write: number; readonly records: readonly StorageRecord[] }
  /** Fire the timer once, after `delay` ticks, in place of any earlier request; with 0, do not fire it. */
  | { readonly type: 'timer'; readonly timer: Timer; readonly delay: number }
  /** The entry registered its client, and may have evicted another one. */
  | { readonly type: 'registered'; readonly opNumber: number; readonly request: Entry }
  /** The session of this entry has ended, now or before. */
  | { readonly type: 'ended'; readonly opNumber: number; readonly request: Entry }
  /** The session of this entry had ended before, so the service did not execute it. */
  | { readonly type: 'turned-away'; readonly opNumber: number; readonly request: Entry }
  /** The service has executed this entry. The environment need not act. */
  | { readonly type: 'executed'; readonly opNumber: number; readonly request: Entry; readonly result: Json }
  /**
   * The service failed at this entry, which changed nothing but the client-table. `problem` is for people: it may read
   * differently at another replica. The environment should log it.
   */
  | { readonly type: 'failed'; readonly opNumber: number; readonly request: Entry; readonly problem: string }
  /** A checkpoint replaced the state. All entries up to this op-number are executed now. */
  | { readonly type: 'restored'; readonly opNumber: number }
  /** The input was outdated, or not for this replica. Nothing changed. */
  | { readonly type: 'dropped'; readonly reason: DropReason }
  /** No correct sender can have sent the input. Nothing changed. */
  | { readonly type: 'rejected'; readonly reason: RejectReason }
  /** An operator must know, and act. */
  | { readonly type: 'alarm'; readonly reason: AlarmReason }
  /** The replica has stopped for good, and drops every later input: complete the writes, and end it. */
  | { readonly type: 'halt'; readonly reason: HaltReason };

/** Ticks until the first repetition of each kind. A tick should be a few times the usual round trip of a message. */
export const delays = { heartbeat: 1, resend: 2, suspect: 6, clientRetry: 4 } as const;

/** The delay after `repetitions` repetitions without an answer: doubled each time, up to 32 times the first. */
export function backedOff(delay: number, repetitions: number): number {
  return delay * 2 ** Math.min(repetitions, 5);
}
