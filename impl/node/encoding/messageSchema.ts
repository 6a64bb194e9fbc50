import { z } from 'zod';
import type { Configuration } from '../../replica/data/configuration.ts';
import type { ClientMessage, Message, PrimaryState } from '../../replica/data/messages.ts';
import type { Json } from '../../tree/json.ts';
import { decodeSuffix, type EncodedSuffix, encodeSuffix } from './logEncoding.ts';

const whole = z.int().nonnegative();
const text = z.string();
/** Any JSON value: the core validates its contents. */
const json = z.custom<Json>((value) => value !== undefined, 'a value is missing');

const request = z.object({
  type: z.literal('REQUEST'),
  operation: json,
  clientId: text,
  session: whole,
  requestNumber: whole,
});

const part = z.enum(['table', 'state']);
const digest = z.string().length(16);
const question = z.object({ path: text, digests: z.array(digest.nullable()).readonly() });
const difference = z.array(
  z
    .tuple([
      whole,
      z
        .array(z.tuple([text, json]).readonly())
        .readonly()
        .nullable(),
    ])
    .readonly(),
);
const answer = z.object({ differences: z.array(difference.readonly()).readonly(), isCut: z.boolean() });
const exchanged = z.object({ part, paths: z.array(text).readonly(), answer });

/** The shape of the messages between replicas, as they come out of a frame. Log suffixes are decoded entry by entry. */
export function messageSchema(configuration: Configuration): z.ZodType<Message> {
  const suffix = z.unknown().transform((encoded, context) => {
    const suffix = decodeSuffix(configuration, encoded);
    if (typeof suffix !== 'string') return suffix;
    context.addIssue({ code: 'custom', message: suffix });
    return z.NEVER;
  });
  const numbers = { viewNumber: whole, opNumber: whole, commitNumber: whole };
  const log = { ...numbers, suffix };
  const viewNumber = whole;
  const replicaNumber = whole;
  return z.discriminatedUnion('type', [
    request,
    z.object({ type: z.literal('PREPARE'), ...log }),
    z.object({ type: z.literal('PREPAREOK'), viewNumber, opNumber: whole, replicaNumber }),
    z.object({ type: z.literal('COMMIT'), viewNumber, commitNumber: whole }),
    z.object({ type: z.literal('STARTVIEWCHANGE'), viewNumber, replicaNumber }),
    z.object({ type: z.literal('DOVIEWCHANGE'), ...log, lastNormalView: whole, replicaNumber }),
    z.object({ type: z.literal('STARTVIEW'), ...log }),
    z.object({ type: z.literal('GETSTATE'), viewNumber, opNumber: whole, replicaNumber }),
    z.object({ type: z.literal('NEWSTATE'), ...log }),
    z.object({
      type: z.literal('GETCHECKPOINT'),
      ...{ viewNumber, opNumber: whole, part, replicaNumber },
      questions: z.array(question).readonly(),
    }),
    z.object({
      type: z.literal('CHECKPOINT'),
      ...{ viewNumber, opNumber: whole, time: whole },
      digests: z.object({ table: digest, state: digest }),
      exchanged: exchanged.nullable(),
    }),
    z.object({ type: z.literal('RECOVERY'), viewNumber, nonce: text, replicaNumber }),
    z.object({
      type: z.literal('RECOVERYRESPONSE'),
      ...{ viewNumber, nonce: text, replicaNumber },
      state: z.object({ suffix, opNumber: whole, commitNumber: whole }).nullable(),
    }),
  ]);
}

/** The message as a JSON value, as it goes into a frame. */
export function encodeMessage(message: Message): object {
  if (message.type === 'RECOVERYRESPONSE')
    return message.state === null ? message : { ...message, state: withEncodedSuffix(message.state) };
  return 'suffix' in message ? withEncodedSuffix(message) : message;
}

function withEncodedSuffix<T extends PrimaryState>(holder: T): Omit<T, 'suffix'> & { suffix: EncodedSuffix } {
  return { ...holder, suffix: encodeSuffix(holder.suffix) };
}

const toClient = { viewNumber: whole, clientId: text, requestNumber: whole };

/** The shape of the messages from a replica to a client. */
export const clientMessageSchema: z.ZodType<ClientMessage> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('REPLY'), ...toClient, result: json }),
  z.object({ type: z.literal('EVICTED'), ...toClient }),
]);

/** The first mistake in a value, and its place, as a sentence. */
export function describeIssue({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'it is not what was expected';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
