import type {
  Client,
  ClientInput,
  ClientOutput,
  Image,
  Input,
  Json,
  Output,
  Predicted,
  Replica,
} from '../../impl/index.ts';
import { alteredImage } from './alteration.ts';
import type { Disk } from './disk.ts';
import { corrupted, crashed, emptied, pendingWrites, restartsBefore, synced } from './disk.ts';
import type { Draft } from './draft.ts';
import { disabledReason } from './enabled.ts';
import type { Event } from './event.ts';
import { stepForked } from './inPlace.ts';
import { type Link, sendersByReceiver } from './links.ts';
import { packetsLeft, sent } from './onTheirWay.ts';
import { kindsOf } from './outputKinds.ts';
import type { Packet } from './packet.ts';
import { readingOf } from './reading.ts';
import { bulkyOperation } from './services.ts';
import {
  armedAfter,
  type ClientMachine,
  configurationAt,
  copyOf,
  type Machine,
  performed,
  timerBit,
  type World,
} from './world.ts';

/**
 * The values that an event leaves open: the operation of a request, and what a replica's clock and random
 * source return.
 */
export interface Choices {
  /**
   * The operation of the client's request number `asked`, counted from 1 over all incarnations of the client.
   */
  operationOf(client: string, asked: number, world: World): Json;
  /** Undefined if the replica reads no clock. */
  readingOf(world: World, replica: number): Predicted | undefined;
}

/** The choices of hunts, explorations and replays: each request has another operation. */
const usualChoices: Choices = {
  operationOf: (client, asked, { setup, configuration }) =>
    setup.service === 'bulky'
      ? bulkyOperation(`${client}.${asked}`, asked, configuration.operationChars)
      : `${client}.${asked}`,
  readingOf: ({ clocks }, replica) => readingOf(clocks, replica),
};

/** The world after the event. Throws if the event is not enabled. */
export function perform(world: World, event: Event, choices: Choices = usualChoices): World {
  const reason = disabledReason(world, event);
  if (reason !== undefined) throw new Error(`The event "${event.type}" cannot happen: ${reason}.`);
  switch (event.type) {
    case 'deliver':
      return deliver(world, event, event.packet, choices);
    case 'drop':
      return withPackets(world, event, without(world.packets, event.packet));
    case 'duplicate':
      return withPackets(world, event, [...world.packets, event.packet]);
    case 'timer':
      return fire(world, event, event.replica, timerBit[event.timer]);
    case 'sync':
      return sync(world, event);
    case 'crash':
      return crash(world, event);
    case 'restart':
      return restart(world, event, event.replica);
    case 'clock':
      return setClock(world, event);
    case 'request':
      return request(world, event, event.client, choices);
    case 'end':
      return stepClient(world, event, event.client, world.packets, { type: 'end' });
    case 'retry':
      return stepClient(world, event, event.client, world.packets, { type: 'timer' });
    case 'restart-client':
      return restartClient(world, event, event.client);
    case 'partition':
      return withCut(world, event, event.cut, event.loses);
    case 'heal':
      return withCut(world, event, [], false);
  }
}

function deliver(world: World, event: Event, packet: Packet, choices: Choices): World {
  const { to, message } = packet;
  const rest = without(world.packets, packet);
  const client = to - world.machines.length;
  if (message.type === 'REPLY' || message.type === 'FAILED' || message.type === 'EVICTED')
    return stepClient(world, event, client, rest, { type: 'message', message });
  // What a replica sends was encoded when it was sent, and what a client sends is encoded on arrival.
  const carried = message.type === 'REQUEST' ? world.wire?.carry(message) : undefined;
  if (carried?.mistake !== undefined) {
    const last = performed(event);
    last.replica = to;
    last.miscoded = carried.mistake;
    const lost = copyOf(world);
    lost.packets = rest;
    lost.last = last;
    return lost;
  }
  const received = carried?.message ?? message;
  const machine = at(world.machines, to);
  const reading = choices.readingOf(world, to);
  const input: Input =
    reading === undefined
      ? { type: 'message', message: received }
      : { type: 'message', message: received, reading };
  return stepReplica(world, event, to, machine, running(machine), rest, input);
}

function fire(world: World, event: Event & { readonly type: 'timer' }, number: number, bit: number): World {
  const machine = at(world.machines, number);
  const { replica, disk, timers, incarnation } = machine;
  const disarmed = { replica, disk, timers: timers & ~bit, incarnation };
  return stepReplica(world, event, number, disarmed, running(machine), world.packets, event);
}

function sync(world: World, event: Event & { readonly type: 'sync' }): World {
  const number = event.replica;
  const machine = at(world.machines, number);
  const disk = synced(machine.disk, event.writes, world.setup.lateCheckpoints === true);
  if (typeof disk === 'string') return failed(world, event, number, disk);
  const input: Input = { type: 'durable', write: disk.write - pendingWrites(disk) };
  const { replica, timers, incarnation } = machine;
  const onDisk = { replica, disk, timers, incarnation };
  return stepReplica(world, event, number, onDisk, running(machine), world.packets, input);
}

function crash(world: World, event: Event & { readonly type: 'crash' }): World {
  const { replica: number, survivors } = event;
  const machine = at(world.machines, number);
  const left = crashed(machine.disk, survivors, world.setup.lateCheckpoints === true);
  if (typeof left === 'string') return failed(world, event, number, left);
  const disk = damaged(left, event, world.implementation.blankImage, machine.incarnation);
  const down: Machine = { replica: undefined, disk, timers: 0, incarnation: machine.incarnation };
  const next = copyOf(world);
  next.machines = world.machines.with(number, down);
  const last = performed(event);
  last.replica = number;
  next.last = last;
  return next;
}

function damaged(
  disk: Disk,
  { readable, lost }: Event & { readonly type: 'crash' },
  blank: Image,
  restarts: number,
): Disk {
  if (lost) return emptied(disk, blank, restarts);
  return readable === undefined ? disk : corrupted(disk, readable, blank);
}

function restart(world: World, event: Event, number: number): World {
  const { disk, incarnation } = at(world.machines, number);
  const { implementation, setup, configuration } = world;
  const { altered } = setup;
  const { name, torn } = disk;
  const image = altered?.replica === number ? alteredImage(disk.image, altered.opNumber) : disk.image;
  const replica = implementation.createReplica(
    configurationAt(implementation, setup, configuration, number),
    number,
  );
  const stored = { image, records: torn };
  const restarts = incarnation + 1 - restartsBefore(name);
  const input: Input = { type: 'restart', stored, incarnation: restarts, name };
  // The replica numbers its writes from 1 again, and overwrites the torn write.
  const fresh = {
    replica,
    disk: { name, image, unsynced: [], torn: [], write: 0, late: undefined },
    timers: 0,
    incarnation: incarnation + 1,
  };
  return stepReplica(world, event, number, fresh, replica, packetsLeft(world, number), input);
}

function stepReplica(
  world: World,
  event: Event,
  number: number,
  machine: Machine,
  replica: Replica,
  packets: readonly Packet[],
  input: Input,
): World {
  const { implementation, inPlace, wire } = world;
  const step =
    inPlace === undefined ? stepForked(implementation, replica, input) : inPlace.step(number, replica, input);
  const { replica: next, outputs, thrown, changed } = step;
  const { carried, miscoded } = wire?.carryOutputs(outputs) ?? { carried: outputs, miscoded: undefined };
  const stepped = thrown === undefined ? afterStep(machine, next, carried) : machine;
  const last = performed(event);
  last.replica = number;
  last.outputs = outputs;
  last.kinds = kindsOf(outputs);
  last.thrown = thrown;
  last.changed = changed;
  last.miscoded = miscoded;
  const after = copyOf(world);
  after.machines = world.machines.with(number, stepped);
  after.packets = sent(world, packets, number, machine.incarnation, carried);
  after.last = last;
  return after;
}

function afterStep(machine: Machine, replica: Replica, outputs: readonly Output[]): Machine {
  let { disk } = machine;
  for (const output of outputs) {
    if (output.type !== 'write') continue;
    const { name, image, unsynced, torn, late } = disk;
    disk = { name, image, unsynced: [...unsynced, ...output.records], torn, write: output.write, late };
  }
  return { replica, disk, timers: armedAfter(machine.timers, outputs), incarnation: machine.incarnation };
}

function request(world: World, event: Event, number: number, choices: Choices): World {
  const machine = at(world.clients, number);
  const asked = machine.asked + 1;
  const operation = choices.operationOf(machine.client.name, asked, world);
  const { client, retryArmed, incarnation } = machine;
  const next = copyOf(world);
  next.clients = world.clients.with(number, { client, retryArmed, incarnation, asked });
  return stepClient(next, event, number, world.packets, { type: 'request', operation });
}

function restartClient(world: World, event: Event, number: number): World {
  const { client, incarnation, asked } = at(world.clients, number);
  const fresh: Client = world.implementation.createClient(client.configuration, client.name, incarnation + 1);
  const machine: ClientMachine = { client: fresh, retryArmed: false, incarnation: incarnation + 1, asked };
  const next = copyOf(world);
  next.clients = world.clients.with(number, machine);
  const last = performed(event);
  last.client = number;
  next.last = last;
  return next;
}

function stepClient(
  world: World,
  event: Event,
  number: number,
  packets: readonly Packet[],
  input: ClientInput,
): World {
  const { implementation, machines } = world;
  const machine = at(world.clients, number);
  const client = implementation.forkClient(machine.client);
  let clientOutputs: readonly ClientOutput[] = [];
  let thrown: string | undefined;
  try {
    clientOutputs = implementation.clientStep(client, input);
  } catch (error) {
    thrown = String(error);
  }
  let retryArmed = machine.retryArmed && input.type !== 'timer';
  for (const output of clientOutputs) if (output.type === 'timer') retryArmed = output.delay > 0;
  const { incarnation, asked } = machine;
  const last = performed(event);
  last.client = number;
  last.clientOutputs = clientOutputs;
  last.thrown = thrown;
  const after = copyOf(world);
  after.clients = world.clients.with(number, { client, retryArmed, incarnation, asked });
  after.packets = sent(world, packets, machines.length + number, incarnation, clientOutputs);
  after.last = last;
  return after;
}

/** The world after an event that no replica and no client notices. */
function happened(world: World, event: Event): Draft<World> {
  const next = copyOf(world);
  next.last = performed(event);
  return next;
}

function withPackets(world: World, event: Event, packets: readonly Packet[]): World {
  const next = happened(world, event);
  next.packets = packets;
  return next;
}

function setClock(world: World, event: Event & { readonly type: 'clock' }): World {
  const next = happened(world, event);
  next.clocks = world.clocks.with(event.replica, event.time);
  return next;
}

function withCut(world: World, event: Event, cut: readonly Link[], loses: boolean): World {
  const next = happened(world, event);
  next.blocked = sendersByReceiver(world.machines.length, cut);
  next.loses = loses;
  return next;
}

/** The world after an event in which the replica took no step, because of what is said. */
function failed(world: World, event: Event, replica: number, thrown: string): World {
  const next = copyOf(world);
  const last = performed(event);
  last.replica = replica;
  last.thrown = thrown;
  next.last = last;
  return next;
}

function without(packets: readonly Packet[], gone: Packet): readonly Packet[] {
  const index = packets.indexOf(gone);
  // While a group settles, the oldest packet is always the next.
  if (index === 0) return packets.slice(1);
  const rest = [...packets];
  rest.splice(index, 1);
  return rest;
}

function running({ replica }: Machine): Replica {
  if (replica === undefined) throw new Error('The machine is down.');
  return replica;
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`There is no number ${index} among ${items.length}.`);
  return item;
}
