import { type Disk, isEmptied, pendingWrites } from './disk.ts';
import type { Event } from './event.ts';
import type { Link } from './links.ts';
import type { Packet } from './packet.ts';
import { isHalted, type Machine, timerBit, timers, type World } from './world.ts';

/** Why the event is not enabled in this world, or undefined if it is. */
export function disabledReason(world: World, event: Event): string | undefined {
  switch (event.type) {
    case 'deliver':
      if (!world.packets.includes(event.packet)) return 'no such packet is on its way';
      return canArrive(world, event.packet) ? undefined : 'its receiver is down or cut off from its sender';
    case 'drop':
    case 'duplicate':
      return world.packets.includes(event.packet) ? undefined : 'no such packet is on its way';
    case 'timer':
      return isArmed(world, event.replica, timerBit[event.timer]) ? undefined : 'that timer is not armed';
    case 'sync':
      return whyNoSync(world.machines[event.replica], event.writes);
    case 'crash':
      return whyNoCrash(world, event);
    case 'restart':
      return isDown(world.machines[event.replica]) ? undefined : 'that machine is not down';
    case 'clock':
      return event.replica < world.machines.length ? undefined : 'there is no such replica';
    case 'request':
      return canRequest(world, event.client)
        ? undefined
        : 'that client may have no more requests outstanding';
    case 'end':
      return canEnd(world, event.client) ? undefined : 'that client has no session, or ends it already';
    case 'retry':
      return world.clients[event.client]?.retryArmed === true ? undefined : 'that client waits for no answer';
    case 'restart-client':
      return event.client < world.clients.length ? undefined : 'there is no such client';
    case 'partition':
      return areWithin(event.cut, world.machines.length) ? undefined : 'there is no such replica';
    case 'heal':
      return hasCutLinks(world) ? undefined : 'nothing is cut';
  }
}

function areWithin(links: readonly Link[], size: number): boolean {
  return links.every((link) => link.every((replica) => replica < size));
}

/** Every enabled event except duplications, partitions and changes of clocks, whose number is unbounded. */
export function enabled(world: World): readonly Event[] {
  const { machines, clients, packets } = world;
  const all: readonly Event[] = [
    ...packets.flatMap((packet): Event[] => [
      { type: 'deliver', packet },
      { type: 'drop', packet },
    ]),
    ...machines.flatMap(eventsAt),
    ...clients.flatMap((_, client) => eventsAtClient(client)),
    { type: 'heal' },
  ];
  return all.filter((event) => disabledReason(world, event) === undefined);
}

/** Every local event of a replica's machine, enabled or not. */
export function eventsAt(machine: Machine, replica: number): readonly Event[] {
  return [
    ...timers.map((timer): Event => ({ type: 'timer', replica, timer })),
    { type: 'sync', replica },
    ...partialSyncs(machine, replica),
    ...crashes(machine, replica),
    { type: 'restart', replica },
  ];
}

/** Every local event of a client's machine, enabled or not. */
export function eventsAtClient(client: number): readonly Event[] {
  return [
    { type: 'request', client },
    { type: 'end', client },
    { type: 'retry', client },
    { type: 'restart-client', client },
  ];
}

function partialSyncs({ disk }: Machine, replica: number): readonly Event[] {
  const length = Math.max(0, pendingWrites(disk) - 1);
  return Array.from({ length }, (_, index): Event => ({ type: 'sync', replica, writes: index + 1 }));
}

function crashes(machine: Machine, replica: number): readonly Event[] {
  const records = machine.disk.unsynced.length;
  return Array.from(
    { length: records + 1 },
    (_, survivors): Event => ({ type: 'crash', replica, survivors }),
  );
}

/** Whether the packet's receiver runs and the link to it is not cut. */
export function canArrive(world: World, { from, to }: Packet): boolean {
  const size = world.machines.length;
  if (to >= size) return true;
  if (world.machines[to]?.replica === undefined) return false;
  return !isCut(world, from, to);
}

/** Whether the link from one endpoint to another is cut. Links to and from clients never are. */
export function isCut({ blocked }: Pick<World, 'blocked'>, from: number, to: number): boolean {
  return from < blocked.length && ((blocked[to] ?? 0) & (1 << from)) !== 0;
}

/** Whether any link between replicas is cut. */
export function hasCutLinks({ blocked }: Pick<World, 'blocked'>): boolean {
  return blocked.some((senders) => senders !== 0);
}

/**
 * Whether one replica exchanges messages with a quorum, itself included. Replicas that are recovering do not
 * count: they take part in nothing until a quorum without them has answered.
 */
export function isConnected(world: World): boolean {
  const { machines, configuration } = world;
  const able = machines.flatMap(({ replica }) =>
    replica === undefined || replica.status === 'recovering' || replica.halted !== undefined
      ? []
      : [replica.replicaNumber],
  );
  return able.some((one) => {
    const reached = able.filter((other) => !isCut(world, one, other) && !isCut(world, other, one));
    return reached.length >= configuration.quorum;
  });
}

/** Whether the machine runs and has records that are not yet durable. */
export function canSync(machine: Machine | undefined): boolean {
  return machine?.replica !== undefined && machine.disk.unsynced.length > 0;
}

function whyNoSync(machine: Machine | undefined, writes: number | undefined): string | undefined {
  if (machine === undefined || !canSync(machine)) return 'no write is pending';
  if (writes === undefined || (writes > 0 && writes < pendingWrites(machine.disk))) return undefined;
  return 'no more writes than that are pending';
}

/** Whether there is such a machine and it is down. */
export function isDown(machine: Machine | undefined): boolean {
  return machine !== undefined && machine.replica === undefined;
}

/** Whether the client may send one more request now. */
export function canRequest(world: World, client: number): boolean {
  const machine = world.clients[client];
  return machine !== undefined && world.implementation.mayRequest(machine.client);
}

/** Whether the client may end its session now. */
export function canEnd(world: World, client: number): boolean {
  const machine = world.clients[client];
  return machine !== undefined && world.implementation.mayEnd(machine.client);
}

/** Whether the timer with this bit is armed at the replica. */
export function isArmed(world: World, replica: number, bit: number): boolean {
  return ((world.machines[replica]?.timers ?? 0) & bit) !== 0;
}

/**
 * A durable group survives any number of crashes. A diskless group does not survive the loss of more than f
 * memories at once, as documented, so such a crash is enabled only if the setup says so. A recovering replica counts as failed.
 */
function whyNoCrash(
  world: World,
  { replica, survivors, readable, lost }: Event & { readonly type: 'crash' },
): string | undefined {
  const machine = world.machines[replica];
  if (machine?.replica === undefined) return 'that machine is not running';
  if (survivors > machine.disk.unsynced.length) return 'fewer records than that are pending';
  if (!mayCrash(world, machine)) return 'the group does not tolerate it';
  if (lost) return mayLose(world, machine) ? undefined : 'the group does not tolerate such a loss';
  if (readable === undefined) return undefined;
  if (!mayCorrupt(world, machine)) return 'the group does not tolerate such corruption';
  return readable < machine.disk.image.log.length ? undefined : 'the log has no more entries than that';
}

/**
 * Whether the group tolerates a corruption of this machine's log. A machine counts as failed until its whole
 * log is on stable storage again.
 */
export function mayCorrupt(
  { machines, configuration, setup }: Pick<World, 'machines' | 'configuration' | 'setup'>,
  { disk }: Machine,
): boolean {
  if (configuration.mode !== 'durable' || disk.image.log.length === 0) return false;
  if (setup.overload) return true;
  return damagedBesides({ machines, setup }, disk) + 1 <= configuration.tolerated;
}

/**
 * Whether the group tolerates the loss of all contents of this machine's storage. One machine at least must know that the
 * group was founded: if none does, it is another group.
 */
export function mayLose(
  { machines, configuration, setup }: Pick<World, 'machines' | 'configuration' | 'setup'>,
  { disk }: Machine,
): boolean {
  if (setup.overload) return machines.some((other) => other.disk !== disk && !isEmptied(other.disk));
  return damagedBesides({ machines, setup }, disk) + 1 <= configuration.tolerated;
}

/** How many machines besides this one have failed, or will halt, or cannot rely on their storage. */
function damagedBesides({ machines, setup }: Pick<World, 'machines' | 'setup'>, own: Disk): number {
  return machines.filter(
    (machine, number) =>
      machine.disk !== own &&
      (machine.disk.image.isCorrupt ||
        isEmptied(machine.disk) ||
        isHalted(machine) ||
        setup.impure?.replica === number ||
        setup.altered?.replica === number),
  ).length;
}

/** Whether the group tolerates a crash of this running machine now. */
export function mayCrash(
  { machines, configuration, setup }: Pick<World, 'machines' | 'configuration' | 'setup'>,
  machine: Machine,
): boolean {
  const isFailed = machine.replica?.status === 'recovering' || machine.disk.image.halted !== undefined;
  if (setup.overload || configuration.mode === 'durable' || isFailed) return true;
  const failed = machines.filter(
    (other) => other.replica === undefined || other.replica.status === 'recovering' || isHalted(other),
  ).length;
  return failed + 1 <= configuration.tolerated;
}
