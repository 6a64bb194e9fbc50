/**
 * What no event of a world brings about: messages that no correct replica sends, timers that fire late, more crashes than
 * a group is built for, and disks and clients with a past that the test does not walk through.
 */

import { blankImage, clientStep, forkClient, type Image, type Timer } from '../../impl/index.ts';
import { alteredImage } from '../../models/world/alteration.ts';
import { corrupted, type Disk } from '../../models/world/disk.ts';
import { packetOf } from '../../models/world/packet.ts';
import { type Machine, timerBit, type World } from '../../models/world/world.ts';
import type { AddressedMessage, Group, Outputs } from './group.ts';

/** Delivers a message that its sender did not send, or not to this receiver, or that has arrived before. */
export function inject(group: Group, { from, to, message }: AddressedMessage): Outputs {
  const [sender, receiver] = [group.endpointOf(from), group.endpointOf(to)];
  const packet = packetOf(group.world.machines.length, sender, receiver, message, 0);
  group.world = { ...group.world, packets: [...group.world.packets, packet] };
  return group.perform({ type: 'deliver', packet });
}

/** A timer fires that is no longer armed: it was due just when it was stopped. */
export function fireLate(group: Group, number: number, timer: Timer): Outputs {
  if (group.armed(number).includes(timer)) throw new Error(`${timer} is armed at ${number}.`);
  changeMachine(group, number, (machine) => ({ ...machine, timers: machine.timers | timerBit[timer] }));
  return group.fire(number, timer);
}

/** A client's retry timer fires that is no longer armed. */
export function retryLate(group: Group, name: string): Outputs {
  changeClient(group, name, (machine) => ({ ...machine, retryArmed: true }));
  return group.retry(name);
}

/** What the client puts out if it is asked to set a key although it may have no more requests outstanding. */
export function askAnyway(group: Group, name: string, key: string): Outputs {
  const operation = { type: 'set', key, value: 1 };
  return clientStep(forkClient(group.client(name)), { type: 'request', operation });
}

/** The client believes that this view is the latest, as if it had been answered from there. */
export function setClientView(group: Group, name: string, viewNumber: number): void {
  changeClient(group, name, (machine) => ({ ...machine, client: { ...machine.client, viewNumber } }));
}

/**
 * The machine stops, whether the group is built to survive it or not. What was not durable is gone; of its log, no more
 * than `readable` entries can be read from then on.
 */
export function crashAnyway(group: Group, number: number, readable?: number): void {
  changeMachine(group, number, ({ disk, incarnation }) => {
    const left: Disk = { ...disk, unsynced: [], torn: [] };
    return {
      replica: undefined,
      disk: readable === undefined ? left : corrupted(left, readable, blankImage),
      timers: 0,
      incarnation,
    };
  });
}

/**
 * Two ways in which a machine stops, with the first `survivors` of the records that were not durable still on its disk.
 * In a world whole writes among them become part of the image. The other way leaves all of them for the replica to read.
 */
export const waysToCrash: readonly ((group: Group, number: number, survivors: number) => void)[] = [
  (group, number, survivors) => group.crash(number, { survivors }),
  (group, number, survivors) =>
    changeMachine(group, number, ({ disk, incarnation }) => ({
      replica: undefined,
      disk: { ...disk, unsynced: [], torn: disk.unsynced.slice(0, survivors) },
      timers: 0,
      incarnation,
    })),
];

/** The disk of a machine that is down holds this from now on. */
export function replaceImage(group: Group, number: number, image: Image): void {
  changeMachine(group, number, (machine) => ({ ...machine, disk: { ...machine.disk, image } }));
}

function changeMachine(group: Group, number: number, change: (machine: Machine) => Machine): void {
  const { machines } = group.world;
  group.world = {
    ...group.world,
    machines: machines.map((machine, other) => (other === number ? change(machine) : machine)),
  };
}

function changeClient(
  group: Group,
  name: string,
  change: (machine: World['clients'][number]) => World['clients'][number],
): void {
  const client = group.client(name);
  const clients = group.world.clients.map((machine) =>
    machine.client === client ? change(machine) : machine,
  );
  group.world = { ...group.world, clients };
}

/** The replica restarts, and its storage gives back another entry under this op-number. */
export function alter(group: Group, replica: number, opNumber: number): void {
  group.crash(replica);
  replaceImage(group, replica, alteredImage(group.disk(replica).image, opNumber));
  group.restart(replica);
}
