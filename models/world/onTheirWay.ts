import type { ClientOutput, Output } from '../../impl/index.ts';
import { isCut } from './enabled.ts';
import { fitsFrame } from './frames.ts';
import { type Packet, packetOf } from './packet.ts';
import type { Machine, World } from './world.ts';

/** The packets on their way after these outputs are sent. */
export function sent(
  world: World,
  packets: readonly Packet[],
  from: number,
  incarnation: number,
  outputs: readonly (Output | ClientOutput)[],
): readonly Packet[] {
  const size = world.machines.length;
  let all: Packet[] | undefined;
  for (const output of outputs) {
    if (output.type !== 'send' && output.type !== 'reply') continue;
    const to = output.type === 'send' ? output.to : clientEndpoint(world, output.message.clientId);
    if (to === undefined || (world.loses && isCut(world, from, to))) continue;
    if (!fitsFrame(world, output.message)) continue;
    all ??= [...packets];
    all.push(packetOf(size, from, to, output.message, incarnation));
  }
  return all ?? packets;
}

/** The endpoint of the client's machine, which a reply to an earlier incarnation reaches too. */
function clientEndpoint(world: World, clientId: string): number | undefined {
  const index = world.clients.findIndex(({ client }) => clientId.startsWith(`${client.name}/`));
  return index < 0 ? undefined : world.machines.length + index;
}

/**
 * The packets that are on their way once this machine restarts. If the founder lost its storage before another machine
 * knew of the group, it may found another one. What it sent for the first group does not reach that one: a connection ends
 * with the start of a replica, and its next start is heard only after that.
 */
export function packetsLeft({ machines, packets, configuration, implementation }: World, restarted: number) {
  const isFounder = implementation.primaryOf(configuration, 0) === restarted;
  const isKnown = ({ disk }: Machine): boolean => disk.image.membership.founders.length > 0;
  return isFounder && !machines.some(isKnown) ? packets.filter(({ from }) => from !== restarted) : packets;
}
