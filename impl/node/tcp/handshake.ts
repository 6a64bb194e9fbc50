import { z } from 'zod';
import type { ClientMessage } from '../../replica/data/messages.ts';
import { clientMessageSchema, clientMessageShapes } from '../encoding/messageSchema.ts';
import { changesAnswerSchema, unwatchedSchema, type WatchAnswer } from '../watch/watchMessages.ts';

const whole = z.int().nonnegative();
const name = z.string().min(1).max(256);
const status = z.enum(['bootstrapping', 'normal', 'view-change', 'state-transfer', 'recovering']);

/** See `Introduction`. */
const introductionSchema = z.object({
  cluster: name.nullable(),
  generation: whole,
  starts: z.array(name).max(1000).readonly(),
});

/**
 * The first frame on every connection, from the end that connected. A replica repeats it once it takes part in its group.
 */
export const helloSchema = z.object({
  type: z.literal('hello'),
  /** The hash of the settings that members and clients must share: see `groupOf`. */
  group: name,
  /** Those settings, and of a replica also those that may differ, by their names. */
  settings: z
    .record(name, z.union([z.number(), z.string().max(64)]).nullable())
    .readonly()
    .optional(),
  /** The sender: a replica's number, or null for a client. */
  from: whole.nullable(),
  /** Of a replica: its storage mode, which must be the same for all. */
  mode: z.enum(['durable', 'diskless']).nullable(),
  /** Of a replica: a name for this start, new each time. Of a client: its identity. */
  boot: name,
  /** Of a client that asks only for this, for which there is a slot though there be none for other clients. */
  asks: z.literal('status').optional(),
  /** Of a replica. */
  introduction: introductionSchema.nullable(),
});
/** The first message on a connection. */
export type Hello = z.infer<typeof helloSchema>;

/** Who sends it, in words. */
export function senderOf({ from }: Pick<Hello, 'from'>): string {
  return from === null ? 'a client' : `replica ${from}`;
}

/** The type of a message that came out of a frame. */
export function typeOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
}

/** A replica's answer to `hello`. */
const welcomeSchema = z.object({
  type: z.literal('welcome'),
  replicaNumber: whole,
  boot: name,
  /** As in `StatusReport`. */
  cluster: name.nullable(),
});
/** A replica's answer to `hello`: the name of this start, and the cluster. */
type Welcome = z.infer<typeof welcomeSchema>;

/** A replica's status, for an operator. */
export interface StatusReport {
  /** Tells it from other answers. */
  readonly type: 'status';
  /** The number of the replica, from 0. */
  readonly replicaNumber: number;
  /** `bootstrapping`: the replica takes part in no group yet. The others are those of VRR §4. */
  readonly status: 'bootstrapping' | 'normal' | 'view-change' | 'state-transfer' | 'recovering';
  /** Its role in its view; it acts in it only with status normal. */
  readonly role: 'primary' | 'backup';
  /** From 0. */
  readonly viewNumber: number;
  /** The number of entries of its log, from the first ever. */
  readonly opNumber: number;
  /** How many of them are known to be committed. */
  readonly commitNumber: number;
  /** The op-number of the latest checkpoint; 0 if there is none. */
  readonly checkpoint: number;
  /** The number of registered clients. */
  readonly sessions: number;
  /** `diskless`: only the view-number and the checkpoints are stored. */
  readonly mode: 'durable' | 'diskless';
  /** How often the replica was started on its storage, this time included. */
  readonly incarnation: number;
  /** The identity of its cluster; null while it takes part in no group. */
  readonly cluster: string | null;
  /** What keeps the replica from taking part, and what is needed, in sentences, and for how many milliseconds it has; left out if nothing does. */
  readonly outage?: { readonly text: string; readonly duration: number } | undefined;
}

/** What is wrong with replicas that tell these clusters, by replica number, if they belong to more than one. */
export function clustersProblem(told: ReadonlyMap<number, string | null>): string | undefined {
  const known = [...told].filter(([, cluster]) => cluster !== null);
  const [first, other] = [known[0], known.find(([, cluster]) => cluster !== known[0]?.[1])];
  if (first === undefined || other === undefined) return undefined;
  return `Replica ${first[0]} belongs to the cluster ${first[1]}, and replica ${other[0]} to the cluster ${other[1]}: compare the addresses and the directories.`;
}

const statusSchema = z.object({
  type: z.literal('status'),
  replicaNumber: whole,
  status,
  role: z.enum(['primary', 'backup']),
  viewNumber: whole,
  opNumber: whole,
  commitNumber: whole,
  checkpoint: whole,
  sessions: whole,
  mode: z.enum(['durable', 'diskless']),
  incarnation: whole,
  cluster: name.nullable(),
  outage: z.object({ text: z.string(), duration: z.number().nonnegative() }).optional(),
}) satisfies z.ZodType<StatusReport>;

/** Announces that the connection is closed, and why. */
const goodbyeSchema = z.object({
  type: z.literal('goodbye'),
  reason: z.string(),
  /** Whether there is only no slot now: the other end may come again later. */
  isFull: z.boolean().optional(),
});

/** What the other end says before it closes the connection, if the message is that. */
export function goodbyeIn(message: unknown): z.infer<typeof goodbyeSchema> | undefined {
  return typeOf(message) === 'goodbye' ? goodbyeSchema.safeParse(message).data : undefined;
}

/**
 * A sign of life, from the end that connected, and the answer to it, which tells the status and the view: clients send again what an
 * earlier view may have lost.
 */
const aliveSchema = z.object({
  type: z.literal('alive'),
  status: status.optional(),
  view: whole.optional(),
  /** What keeps the replica from taking part. */
  outage: z.string().optional(),
});

/** The answer to a sign of life. */
export function signOfLife({ status, viewNumber, outage }: StatusReport): z.infer<typeof aliveSchema> {
  const told = outage === undefined ? {} : { outage: outage.text };
  return { type: 'alive', status, view: viewNumber, ...told };
}

/** The answer to the `hello` of a replica that is not believed. The connection is closed after it. */
const deniedSchema = z.object({
  type: z.literal('denied'),
  denial: z.enum(['other-cluster', 'outdated', 'twin']),
  reason: z.string(),
  /** Of the replica that does not believe the other one, which may see that it is an older copy itself. */
  introduction: introductionSchema.optional(),
});
/** The answer to the `hello` of a replica that is not believed. */
export type Denied = z.infer<typeof deniedSchema>;

/** The answer to a request that another replica has passed on, for the client that is connected to that one. */
const relayedSchema = z.object({ type: z.literal('relayed'), answer: clientMessageSchema });

/** The answer that a message passes on, if it does. */
export function relayedIn(message: unknown): ClientMessage | undefined {
  return typeOf(message) === 'relayed' ? relayedSchema.parse(message).answer : undefined;
}

/** The answer to a request that no replica will run. */
const rejectedSchema = z.object({
  type: z.literal('rejected'),
  clientId: z.string(),
  requestNumber: whole,
  reason: z.string(),
});
/** The answer to a request that no replica will run. */
type Rejected = z.infer<typeof rejectedSchema>;

/**
 * The answer to a request that this replica does not take for the name of its client. `isEarlier`: because an earlier request of
 * the same session was refused.
 */
const refusedSchema = z.object({
  type: z.literal('refused'),
  clientId: z.string(),
  requestNumber: whole,
  reason: z.string(),
  isEarlier: z.boolean(),
});
/** The answer to a request that this replica does not take for the name of its client. */
export type RefusedAnswer = z.infer<typeof refusedSchema>;

/** Everything that a replica answers on a connection. */
export type Answer =
  | Welcome
  | Denied
  | StatusReport
  | z.infer<typeof goodbyeSchema>
  | z.infer<typeof aliveSchema>
  | Rejected
  | RefusedAnswer
  | WatchAnswer
  | ClientMessage;

/** The shape of all answers, as they come out of a frame. */
export const answerSchema: z.ZodType<Answer> = z.discriminatedUnion('type', [
  ...clientMessageShapes,
  welcomeSchema,
  deniedSchema,
  statusSchema,
  goodbyeSchema,
  aliveSchema,
  rejectedSchema,
  refusedSchema,
  changesAnswerSchema,
  unwatchedSchema,
]);
