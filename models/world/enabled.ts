import { pendingWrites } from './disk.ts';
import type { Event } from './event.ts';
import type { Packet } from './packet.ts';
import { type Machine, timerBit, timers, type World } from './world.ts';

/** Why the event cannot happen in this world, or undefined if it can. */
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
    case 'request':
      return canRequest(world, event.client)
        ? undefined
        : 'that client may have no more requests outstanding';
    case 'retry':
      return world.clients[event.client]?.retryArmed === true ? undefined : 'that client waits for nothing';
    case 'restart-client':
      return event.client < world.clients.length ? undefined : 'there is no such client';
    case 'partition':
      return event.side.every((replica) => replica < world.machines.length)
        ? undefined
        : 'there is no such replica';
    case 'heal':
      return world.blocked.some((senders) => senders !== 0) ? undefined : 'nothing is cut';
  }
}

/** Every event that can happen, but for duplications and partitions, of which there is no end. */
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

/** What may ever happen to a replica's machine by itself, now or in another state of it. */
export function eventsAt(machine: Machine, replica: number): readonly Event[] {
  return [
    ...timers.map((timer): Event => ({ type: 'timer', replica, timer })),
    { type: 'sync', replica },
    ...partialSyncs(machine, replica),
    ...crashes(machine, replica),
    { type: 'restart', replica },
  ];
}

/** The same for a client's machine. */
export function eventsAtClient(client: number): readonly Event[] {
  return [
    { type: 'request', client },
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

/** Whether the packet's receiver runs, and is not cut off from its sender. */
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

/** Whether something was written that is not durable yet. */
export function canSync(machine: Machine | undefined): boolean {
  return machine?.replica !== undefined && machine.disk.unsynced.length > 0;
}

function whyNoSync(machine: Machine | undefined, writes: number | undefined): string | undefined {
  if (machine === undefined || !canSync(machine)) return 'nothing waits to become durable';
  if (writes === undefined || (writes > 0 && writes < pendingWrites(machine.disk))) return undefined;
  return 'not more writes than that wait to become durable';
}

export function isDown(machine: Machine | undefined): boolean {
  return machine !== undefined && machine.replica === undefined;
}

export function canRequest(world: World, client: number): boolean {
  const machine = world.clients[client];
  return machine !== undefined && world.implementation.mayRequest(machine.client);
}

/** Whether the timer with this bit is armed at the replica. */
export function isArmed(world: World, replica: number, bit: number): boolean {
  return ((world.machines[replica]?.timers ?? 0) & bit) !== 0;
}

/**
 * A durable group survives any number of crashes. A diskless one that lost more than f memories at once is lost, as
 * documented, so that is never tried: a replica that is recovering counts as failed.
 */
function whyNoCrash(
  { machines, configuration }: World,
  { replica, survivors, readable }: Event & { readonly type: 'crash' },
): string | undefined {
  const machine = machines[replica];
  if (machine?.replica === undefined) return 'that machine is not running';
  if (survivors > machine.disk.unsynced.length) return 'fewer records than that wait to become durable';
  if (!mayCrash({ machines, configuration }, machine)) return 'the group would not survive it';
  if (readable === undefined) return undefined;
  if (!mayCorrupt({ machines, configuration }, machine)) return 'the group would not survive such corruption';
  return readable < machine.disk.image.log.length ? undefined : 'there are no more entries to be corrupt';
}

/**
 * Whether the group is built to survive that this machine loses entries of its log: as long as it does not have them
 * again on stable storage it counts as failed.
 */
export function mayCorrupt(
  { machines, configuration }: Pick<World, 'machines' | 'configuration'>,
  { disk }: Machine,
): boolean {
  if (configuration.mode !== 'durable' || disk.image.log.length === 0) return false;
  const others = machines.filter((machine) => machine.disk.image.isCorrupt && machine.disk !== disk).length;
  return others + 1 <= configuration.tolerated;
}

/** Whether the group is built to survive a crash of this running machine now. */
export function mayCrash(
  { machines, configuration }: Pick<World, 'machines' | 'configuration'>,
  machine: Machine,
): boolean {
  if (configuration.mode === 'durable' || machine.replica?.status === 'recovering') return true;
  const failed = machines.filter(
    ({ replica }) => replica === undefined || replica.status === 'recovering',
  ).length;
  return failed + 1 <= configuration.tolerated;
}
