import type { ClientMessage, Message } from '../../impl/index.ts';
import type { World } from './world.ts';

/** The bytes of a message in the codec in which it has most. */
export function bytesOf(
  { implementation }: Pick<World, 'implementation'>,
  message: Message | ClientMessage,
): number {
  const { jsonCodec, binaryCodec, encodeMessage } = implementation;
  const encoded = isForClient(message) ? message : encodeMessage(message);
  return Math.max(jsonCodec.encode(encoded).length, binaryCodec.encode(encoded).length);
}

/** Whether the message fits in a frame of the group. In groups without a bound every message does. */
export function fitsFrame(
  world: Pick<World, 'implementation' | 'setup'>,
  message: Message | ClientMessage,
): boolean {
  const { frameBytes } = world.setup;
  return frameBytes === undefined || bytesOf(world, message) <= frameBytes;
}

function isForClient(message: Message | ClientMessage): message is ClientMessage {
  return message.type === 'REPLY' || message.type === 'FAILED' || message.type === 'EVICTED';
}
