import type { ClientMessage, Message } from '../../impl/index.ts';
import type { World } from './world.ts';

/** Whether messages fit that were judged: a broadcast is many outputs with one message, and each is judged more than once. */
const judged = new WeakMap<Message | ClientMessage, boolean>();
/** More bytes than MessagePack takes for one of JSON: a number takes nine at most, and in JSON a digit and the mark behind it at least. */
const mostGrowth = 5;

/** The bytes of a message in the codec in which it has most. */
export function bytesOf(
  { implementation }: Pick<World, 'implementation'>,
  message: Message | ClientMessage,
): number {
  const encoded = encodedBy(implementation, message);
  return Math.max(inJson(implementation, encoded), inBinary(implementation, encoded));
}

/** Whether the message fits in a frame of the group. In groups without a bound every message does. */
export function fitsFrame(
  world: Pick<World, 'implementation' | 'setup'>,
  message: Message | ClientMessage,
): boolean {
  const { frameBytes } = world.setup;
  if (frameBytes === undefined) return true;
  const known = judged.get(message);
  if (known !== undefined) return known;
  const { implementation } = world;
  const encoded = encodedBy(implementation, message);
  const bytes = inJson(implementation, encoded);
  const fits =
    bytes * mostGrowth <= frameBytes ||
    (bytes <= frameBytes && inBinary(implementation, encoded) <= frameBytes);
  judged.set(message, fits);
  return fits;
}

function inJson({ jsonCodec }: World['implementation'], encoded: object): number {
  return jsonCodec.encode(encoded).length;
}

function inBinary({ binaryCodec }: World['implementation'], encoded: object): number {
  return binaryCodec.encode(encoded).length;
}

function encodedBy(
  { encodeMessage }: World['implementation'],
  message: Message | ClientMessage,
): ReturnType<typeof encodeMessage> {
  const isForClient = message.type === 'REPLY' || message.type === 'FAILED' || message.type === 'EVICTED';
  return isForClient ? message : encodeMessage(message);
}
