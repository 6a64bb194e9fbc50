import { bytesOf, fitsFrame } from '../../../world/frames.ts';
import type { World } from '../../../world/world.ts';
import type { Invariant } from '../invariant.ts';

/** A message that cannot be sent is needed again and again, by a replica or a client that waits for it for ever. */
export const messagesFit: Invariant = {
  name: 'messages-fit',
  level: 'step',
  prose: 'Every message of a replica or a client fits in a frame of the group, in either codec.',
  evidence: {
    reached: { 'leaf-in-pieces': 1, 'result-too-large': 1 },
    brokenBy: { mutant: 'leaf-sent-whole', replicas: 3, mode: 'durable' },
  },
  concerns: ({ frameBytes }) => frameBytes !== undefined,
  check: ({ after }) => tooLarge(after),
  checkClient: ({ after }) => tooLarge(after),
};

function tooLarge(world: World): string | undefined {
  const { last, setup } = world;
  if (setup.frameBytes === undefined || last === undefined) return undefined;
  for (const output of [...last.outputs, ...last.clientOutputs]) {
    if (output.type !== 'send' && output.type !== 'reply') continue;
    const { message } = output;
    if (fitsFrame(world, message)) continue;
    return `It sends a ${message.type} of ${bytesOf(world, message)} bytes, and a frame has ${setup.frameBytes}.`;
  }
  return undefined;
}
