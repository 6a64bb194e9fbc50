import { z } from 'zod';
import { type Configuration, maxReplicas } from '../../replica/data/configuration.ts';
import type { LogSuffix } from '../../replica/data/log.ts';
import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { Json } from '../../tree/json.ts';
import { decodeSuffix, type EncodedSuffix, encodeSuffix } from './logEncoding.ts';

const whole = z.int().nonnegative();
const text = z.string();
/** Any JSON value: the core validates its contents. */
const json = z.custom<Json>((value) => value !== undefined, 'a value is missing');

/** The shape of each field, by its name: it means the same in all messages. */
const [viewNumber, opNumber, commitNumber, replicaNumber] = [whole, whole, whole, whole];
const [lastNormalView, session, requestNumber, time] = [whole, whole, whole, whole];
const clock = whole;
const [clientId, nonce, incarnation, operation, result] = [text, text, text, json, json];

const generations = z.array(whole).max(maxReplicas).readonly();
const founders = z.array(text).max(maxReplicas).readonly();
const membership = z.object({ founders, generations });
const name = text.nullable();

const part = z.enum(['table', 'state']);
const digest = z.string().length(16);
const checksum = digest;
const digests = z.object({ table: digest, state: digest });
const questions = z
  .array(z.object({ path: text, digests: z.array(digest.nullable()).readonly() }))
  .readonly();
const entries = z.array(z.tuple([text, json]).readonly()).readonly();
const difference = z.array(z.tuple([whole, entries.nullable()]).readonly()).readonly();
const piece = z.object({ path: text, way: whole, from: whole, length: whole, text });
const answer = z.object({
  differences: z.array(difference).readonly(),
  isCut: z.boolean(),
  piece: piece.exactOptional(),
});
const exchanged = z.object({ part, paths: z.array(text).readonly(), answer }).nullable();

const checkpoint = z.object({ opNumber, digests }).nullable();
const agreed = z.object({ opNumber, digests: digests.nullable() }).nullable();

type AnyMessage = Message | ClientMessage;
type MessageOf<Type extends AnyMessage['type']> = Extract<AnyMessage, { readonly type: Type }>;

/** A field as it comes out of a frame: log suffixes are still encoded. */
type EncodedField<Field> = [Field] extends [LogSuffix]
  ? unknown
  : [Field] extends [{ readonly suffix: LogSuffix } | null]
    ? EncodedMessage<NonNullable<Field>> | null
    : Field;

type EncodedMessage<Fields> = { readonly [Field in keyof Fields]: EncodedField<Fields[Field]> };

/** A shape for each field of the message with this type. */
type Shape<Type extends AnyMessage['type']> = {
  readonly [Field in Exclude<keyof MessageOf<Type>, 'type'>]: z.ZodType<EncodedField<MessageOf<Type>[Field]>>;
};

/** Schemas for all types of messages in a union. A type that is missing does not compile. */
type Schemas<Messages extends AnyMessage> = {
  readonly [Type in Messages['type']]: z.ZodType<EncodedMessage<MessageOf<Type>>>;
};

/** The schema of a message. A field that is missing, or that the message does not have, does not compile. */
function shaped<const Type extends AnyMessage['type']>(type: Type, fields: Shape<Type>) {
  return z.object({ type: z.literal(type), ...fields });
}

const suffix = z.unknown();
const state = z.object({ suffix, opNumber, commitNumber }).nullable();

/** The same for every group: a schema is compiled when it is first used, which takes long. */
const encodedSchema = (() => {
  const { REQUEST, ...others } = {
    REQUEST: shaped('REQUEST', {
      ...{ operation, clientId, session, requestNumber },
      answered: whole.exactOptional(),
      viewNumber: viewNumber.exactOptional(),
    }),
    PREPARE: shaped('PREPARE', { viewNumber, suffix, opNumber, commitNumber }),
    PREPAREOK: shaped('PREPAREOK', { viewNumber, opNumber, suffix, replicaNumber, clock, checkpoint }),
    COMMIT: shaped('COMMIT', { viewNumber, commitNumber, suffix, agreed }),
    COMMITOK: shaped('COMMITOK', { viewNumber, replicaNumber, clock, checkpoint }),
    STARTVIEWCHANGE: shaped('STARTVIEWCHANGE', { viewNumber, replicaNumber, callers: whole }),
    DOVIEWCHANGE: shaped('DOVIEWCHANGE', {
      viewNumber,
      suffix,
      lastNormalView,
      opNumber,
      commitNumber,
      replicaNumber,
      generations,
    }),
    STARTVIEW: shaped('STARTVIEW', { viewNumber, suffix, opNumber, commitNumber }),
    GETSTATE: shaped('GETSTATE', { viewNumber, opNumber, replicaNumber }),
    NEWSTATE: shaped('NEWSTATE', { viewNumber, suffix, opNumber, commitNumber, replicaNumber }),
    GETCHECKPOINT: shaped('GETCHECKPOINT', {
      viewNumber,
      opNumber,
      part,
      questions,
      from: whole,
      replicaNumber,
    }),
    CHECKPOINT: shaped('CHECKPOINT', {
      viewNumber,
      opNumber,
      time,
      checksum,
      digests,
      exchanged,
      replicaNumber,
    }),
    RECOVERY: shaped('RECOVERY', { viewNumber, nonce, generation: whole, name, replicaNumber }),
    RECOVERYRESPONSE: shaped('RECOVERYRESPONSE', { viewNumber, nonce, state, replicaNumber, membership }),
    RECOVERING: shaped('RECOVERING', { viewNumber, nonce, incarnation, name, replicaNumber }),
    FOUNDED: shaped('FOUNDED', { viewNumber, founders, replicaNumber }),
  } satisfies Schemas<Message>;
  return z.discriminatedUnion('type', [REQUEST, ...Object.values(others)]);
})();

/**
 * The shape of the messages between replicas, as they come out of a frame: which fields each has, of which JSON types. The
 * meaning of their values is validated by the core: see `validateMessage`. Log suffixes are decoded entry by entry.
 */
export function messageSchema(configuration: Configuration): z.ZodType<Message> {
  return encodedSchema.transform((message, context): Message => {
    const decoded = (encoded: unknown, path: string[]): LogSuffix => {
      const suffix = decodeSuffix(configuration, encoded);
      if (typeof suffix !== 'string') return suffix;
      context.addIssue({ code: 'custom', message: suffix, path });
      return z.NEVER;
    };
    if ('suffix' in message) return { ...message, suffix: decoded(message.suffix, ['suffix']) };
    if (message.type !== 'RECOVERYRESPONSE') return message;
    const { state } = message;
    return {
      ...message,
      state: state && { ...state, suffix: decoded(state.suffix, ['state', 'suffix']) },
    };
  });
}

/** The message as a JSON value, as it goes into a frame. */
export function encodeMessage(message: Message): object {
  if (message.type === 'RECOVERYRESPONSE')
    return message.state === null ? message : { ...message, state: withEncodedSuffix(message.state) };
  return 'suffix' in message ? withEncodedSuffix(message) : message;
}

function withEncodedSuffix<T extends { readonly suffix: LogSuffix }>(
  holder: T,
): Omit<T, 'suffix'> & { suffix: EncodedSuffix } {
  return { ...holder, suffix: encodeSuffix(holder.suffix) };
}

const { REPLY, ...others } = {
  REPLY: shaped('REPLY', { viewNumber, clientId, requestNumber, result }),
  FAILED: shaped('FAILED', { viewNumber, clientId, requestNumber }),
  EVICTED: shaped('EVICTED', { viewNumber, clientId, requestNumber }),
} satisfies Schemas<ClientMessage>;

/** The shape of each message from a replica to a client. */
export const clientMessageShapes = [REPLY, ...Object.values(others)] as const;

/** The shape of the messages from a replica to a client. */
export const clientMessageSchema: z.ZodType<ClientMessage> = z.discriminatedUnion(
  'type',
  clientMessageShapes,
);

/** The first mistake in a value, and its place, as a sentence. */
export function describeIssue({ issues: [issue] }: z.ZodError): string {
  if (issue === undefined) return 'it is not what was expected';
  return issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`;
}
