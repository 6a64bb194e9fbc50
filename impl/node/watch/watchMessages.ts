import { z } from 'zod';
import type { Change } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';

const whole = z.int().nonnegative();
const key = z.string();
const value = z.custom<Json>((given) => given !== undefined, 'a value is missing');

/** The shape of changes: a service may tell anything, and so may a server. */
export const changesSchema: z.ZodType<readonly Change[]> = z
  .array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('set'), key, value }),
      z.object({ type: z.literal('delete'), key }),
    ]),
  )
  .readonly();

/** The changes of one entry of the log, in their order. */
export interface WatchEvent {
  /** The op-number of the entry. */
  readonly opNumber: number;
  /** Empty where only the position is told: all changes up to this op-number have been told, and this entry made none. */
  readonly changes: readonly Change[];
}

/**
 * A client asks once for the changes of a key after an op-number; null: after the last entry that the replica has executed. The
 * answer holds as many as there are, in a message; the next question begins where it ended. So a client is sent no more than it
 * asked for, and what it does not read takes no memory here.
 */
export const watchSchema = z.object({
  type: z.literal('watch'),
  /** Tells it from other questions of the connection. */
  id: whole,
  key,
  after: whole.nullable(),
  /** Whether the answer waits until there is a change. Otherwise it tells that there is none. */
  waits: z.boolean(),
});
/** A client asks for the changes of a key. */
export type WatchRequest = z.infer<typeof watchSchema>;

/** A client does not wait for the answer any more. */
export const unwatchSchema = z.object({ type: z.literal('unwatch'), id: whole });
/** A client does not wait for the answer any more. */
export type Unwatch = z.infer<typeof unwatchSchema>;

/** All changes of the key after `after`, up to `opNumber`, in the order of the log. */
export const changesAnswerSchema = z.object({
  type: z.literal('changes'),
  id: whole,
  after: whole.nullable(),
  opNumber: whole,
  events: z.array(z.object({ opNumber: whole, changes: changesSchema })).readonly(),
});

/** The replica cannot tell the changes. */
export const unwatchedSchema = z.object({
  type: z.literal('unwatched'),
  id: whole,
  /**
   * `compacted`: it knows the changes after the op-number `since` only; `unavailable`: it is not normal; `refused`: the name of the
   * client lacks a role, the service tells no changes, there are too many watches, or the changes do not fit into a message.
   */
  because: z.enum(['compacted', 'unavailable', 'refused']),
  since: whole,
  /** Part of a sentence. */
  reason: z.string(),
});

/** Why a replica cannot tell the changes. */
export type Unwatched = Omit<z.infer<typeof unwatchedSchema>, 'id'>;

/** What a replica answers to `watch`, without what the question says. */
export type WatchOutcome =
  | Pick<z.infer<typeof changesAnswerSchema>, 'type' | 'opNumber' | 'events'>
  | Unwatched;
/** The answers to `watch`. */
export type WatchAnswer = z.infer<typeof changesAnswerSchema> | z.infer<typeof unwatchedSchema>;
