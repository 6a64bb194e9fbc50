import type { Json } from '../../tree/json.ts';
import type { Entry } from './entry.ts';
import type { ClientMessage, Message } from './messages.ts';
import type { AlarmReason, DropReason, RejectReason } from './reasons.ts';
import type { StorageRecord } from './storage.ts';

/**
 * The timers of a replica; each drives liveness only (VRR §4.1–4.3). `heartbeat`: the idle primary sends COMMIT.
 * `resend`: what still waits for an answer is sent again. `suspect`: the primary, or a view change, is given up.
 */
export type Timer = 'heartbeat' | 'resend' | 'suspect';

/** What a step asks of the world around it, in this order. */
export type Output =
  /** Send the message to another replica. */
  | { readonly type: 'send'; readonly to: number; readonly message: Message }
  /** Send the answer to the client that it names. */
  | { readonly type: 'reply'; readonly message: ClientMessage }
  /** Make the records durable, after those of earlier writes, then give the replica `durable` with this number. */
  | { readonly type: 'write'; readonly write: number; readonly records: readonly StorageRecord[] }
  /** Fire the timer after `delay` ticks instead of whenever it was due; with 0, do not fire it. */
  | { readonly type: 'timer'; readonly timer: Timer; readonly delay: number }
  /** The entry registered its client, which may have evicted another. */
  | { readonly type: 'registered'; readonly opNumber: number; readonly request: Entry }
  /** The client of this entry was evicted before: the service did not execute it. */
  | { readonly type: 'turned-away'; readonly opNumber: number; readonly request: Entry }
  /** The service has executed this entry; nothing remains to be done. */
  | { readonly type: 'executed'; readonly opNumber: number; readonly request: Entry; readonly result: Json }
  /** A checkpoint took the place of what was executed: now all up to this op-number is. */
  | { readonly type: 'restored'; readonly opNumber: number }
  /** The input was out of date or not this replica's business. Nothing changed. */
  | { readonly type: 'dropped'; readonly reason: DropReason }
  /** The input was malformed, impossible, or from a stranger. Nothing changed. */
  | { readonly type: 'rejected'; readonly reason: RejectReason }
  /** The group may have lost more than it tolerates; an operator must know. */
  | { readonly type: 'alarm'; readonly reason: AlarmReason };

/** Ticks before the first repetition of each kind; one tick is a few times a message's usual round trip. */
export const delays = { heartbeat: 1, resend: 2, suspect: 6, clientRetry: 4 } as const;

/** The delay after `repetitions` vain ones: doubled each time, up to 32 times the first. */
export function backedOff(delay: number, repetitions: number): number {
  return delay * 2 ** Math.min(repetitions, 5);
}
