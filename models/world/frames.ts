import type { ClientMessage, Message } from '../../impl/index.ts';
import type { World } from './world.ts';

/** Whether messages fit that were judged: a broadcast is many outputs with one message, and each is judged more than once. */
const judged = new WeakMap<Message | ClientMessage, boolean>();
/** The most bytes of MessagePack for one of JSON: a digit and the comma behind it take nine, which is less than five for each. */
const mostGrowth = 5;

/** The bytes of a message in the codec in which it has most. */
export function bytesOf(
  { implementation }: Pick<World, 'implementation'>,
  message: Message | ClientMessage,
): number {
  const { jsonCodec, binaryCodec } = implementation;
  const encoded = encodedBy(implementation, message);
  return Math.max(jsonCodec.encode(encoded).length, binaryCodec.encode(encoded).length);
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
  const inJson = implementation.jsonCodec.encode(encodedBy(implementation, message)).length;
  const fits = inJson * mostGrowth <= frameBytes || bytesOf(world, message) <= frameBytes;
  judged.set(message, fits);
  return fits;
}

function encodedBy(
  { encodeMessage }: World['implementation'],
  message: Message | ClientMessage,
): ReturnType<typeof encodeMessage> {
  const isForClient = message.type === 'REPLY' || message.type === 'FAILED' || message.type === 'EVICTED';
  return isForClient ? message : encodeMessage(message);
}
