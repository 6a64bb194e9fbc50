import { z } from 'zod';
import type { ClientMessage } from '../../replica/data/messages.ts';
import { clientMessageSchema } from '../encoding/messageSchema.ts';

const whole = z.int().nonnegative();
const name = z.string().min(1).max(256);

/** The first frame on every connection, from whoever made it; a replica without a memory repeats it. */
export const helloSchema = z.object({
  type: z.literal('hello'),
  /** What all members and clients of a group agree on: see `groupOf`. */
  group: name,
  /** Who speaks: the number of a replica, or null for a client. */
  from: whole.nullable(),
  /** Of a replica: what it keeps through a crash, which must be the same for all. */
  mode: z.enum(['durable', 'diskless']).nullable(),
  /** Which start of that replica it is: another one each time. Of a client, its identity. */
  boot: name,
});
/** What whoever connects says first. */
export type Hello = z.infer<typeof helloSchema>;

/** What a replica answers to `hello`. */
const welcomeSchema = z.object({
  type: z.literal('welcome'),
  replicaNumber: whole,
  boot: name,
  /** With whom it began: null if it has not begun yet; none if that was in an earlier start. */
  founders: z.array(name).max(31).readonly().nullable(),
});
/** What a replica answers to `hello`: which start of it this is. */
export type Welcome = z.infer<typeof welcomeSchema>;

/** How a replica is, for an operator. */
const statusSchema = z.object({
  type: z.literal('status'),
  replicaNumber: whole,
  status: z.enum(['founding', 'normal', 'view-change', 'state-transfer', 'recovering']),
  role: z.enum(['primary', 'backup']),
  viewNumber: whole,
  opNumber: whole,
  commitNumber: whole,
  /** The op-number of the latest checkpoint; 0: none. */
  checkpoint: whole,
  /** How many clients are registered. */
  sessions: whole,
  mode: z.enum(['durable', 'diskless']),
  /** How often this replica was started on its storage, this time included. */
  incarnation: whole,
});
/** How a replica is. */
export type StatusReport = z.infer<typeof statusSchema>;

/** The end of a connection, with its reason. */
const goodbyeSchema = z.object({ type: z.literal('goodbye'), reason: z.string() });

/** The replica will never run this request. */
const rejectedSchema = z.object({
  type: z.literal('refused'),
  clientId: z.string(),
  requestNumber: whole,
  reason: z.string(),
});
/** The answer to a request that no replica will run. */
export type Rejected = z.infer<typeof rejectedSchema>;

/** Everything that a replica answers on a connection. */
export type Answer = Welcome | StatusReport | z.infer<typeof goodbyeSchema> | Rejected | ClientMessage;

/** Everything that a replica answers on a connection, as it comes out of a frame. */
export const answerSchema: z.ZodType<Answer> = z.union([
  clientMessageSchema,
  z.discriminatedUnion('type', [welcomeSchema, statusSchema, goodbyeSchema, rejectedSchema]),
]);
