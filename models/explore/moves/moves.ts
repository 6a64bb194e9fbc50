import { isStep } from '../../trace/steps.ts';
import { disabledReason, eventsAt, eventsAtClient } from '../../world/enabled.ts';
import type { Event } from '../../world/event.ts';
import { type Direction, linksAround } from '../../world/links.ts';
import type { Machine, World } from '../../world/world.ts';
import type { Bounds } from '../budget/bounds.ts';
import type { Components } from '../states/components.ts';

/** An event that is possible wherever its packet is in flight, or its machine is in the state that offers it. */
export interface Move {
  readonly event: Event;
  /** The index of the kind in the bounds, or −1 where the event is free. */
  readonly kind: number;
  /** Whether it counts as a step of a trace. */
  readonly step: boolean;
  /** The machine that is stepped: a replica's number, or after the replicas a client's, or −1 for none. */
  readonly actor: number;
  /** A number that distinguishes the inputs of one machine. */
  readonly code: number;
  /** The number of the packet that is taken off the network, if one is. */
  readonly packet: number | undefined;
  /** Whether the replica's next writes are crash-bound: it makes nothing durable until it crashes. */
  readonly isCrashBound: boolean;
  /** The same move with crash-bound writes, if a replica is stepped. */
  readonly crashBound: Move | undefined;
}

/** Codes below `firstPacketCode` are for inputs without a packet. */
const firstPartialSync = 64;
const firstCrash = 128;
const firstPacketCode = firstCrash + 64 ** 2;

/** The moves that the bounds allow, made once for each packet and each state of a machine. */
export class Moves {
  private readonly components: Components;
  private readonly bounds: Bounds;
  private readonly ofPackets: (readonly Move[])[] = [];
  private readonly ofMachines: (readonly Move[])[][] = [];
  private readonly ofClients: (readonly Move[])[][] = [];
  /** The moves of the whole network: partitions and healing. */
  readonly ofNetwork: readonly Move[];

  constructor(components: Components, bounds: Bounds) {
    this.components = components;
    this.bounds = bounds;
    const { replicas } = components.common.setup;
    this.ofNetwork = [...partitions(replicas), { type: 'heal' } as const].flatMap((event) =>
      this.allowed(event, noMachine),
    );
  }

  /** The moves of a packet: delivery, loss and duplication. */
  ofPacket(number: number): readonly Move[] {
    const known = this.ofPackets[number];
    if (known !== undefined) return known;
    const packet = this.components.packets.at(number);
    const moves = [
      ...this.allowed(
        { type: 'deliver', packet },
        { actor: packet.to, code: firstPacketCode + number, packet: number },
      ),
      ...this.allowed({ type: 'drop', packet }, { ...noMachine, packet: number }),
      ...this.allowed({ type: 'duplicate', packet }, { ...noMachine, packet: number }),
    ];
    this.ofPackets[number] = moves;
    return moves;
  }

  /**
   * The moves without a packet of a replica's machine, which has this number in this world. Whether the group survives a
   * crash depends on the other machines too, so the caller must check that.
   */
  ofMachine(world: World, replica: number, number: number): readonly Move[] {
    this.ofMachines[replica] ??= [];
    const known = this.ofMachines[replica];
    const machine = this.components.machineParts(replica).at(number);
    known[number] ??= [...eventsAt(machine, replica), ...corruptions(machine, replica)].flatMap((event) =>
      (event.type === 'crash' && machine.replica !== undefined) || disabledReason(world, event) === undefined
        ? this.allowed(event, { actor: replica, code: localCode(event) })
        : [],
    );
    return known[number];
  }

  /** The moves without a packet of a client's machine, which has this number in this world. */
  ofClient(world: World, client: number, number: number): readonly Move[] {
    this.ofClients[client] ??= [];
    const known = this.ofClients[client];
    const actor = this.components.machines.length + client;
    known[number] ??= eventsAtClient(client).flatMap((event) =>
      disabledReason(world, event) === undefined
        ? this.allowed(event, { actor, code: localCode(event) })
        : [],
    );
    return known[number];
  }

  private allowed(event: Event, { actor, code, packet }: Actor): readonly Move[] {
    const kind = this.bounds.kindOf(event);
    if (kind === undefined) return [];
    const move = { event, kind, step: isStep(event), actor, code, packet, isCrashBound: false };
    const isReplica = actor >= 0 && actor < this.components.machines.length && event.type !== 'crash';
    return [
      { ...move, crashBound: isReplica ? { ...move, isCrashBound: true, crashBound: undefined } : undefined },
    ];
  }
}

/** The code of an input without a packet. */
function localCode(event: Event): number {
  switch (event.type) {
    case 'timer':
      return { heartbeat: 0, resend: 1, suspect: 2 }[event.timer];
    case 'sync':
      return event.writes === undefined ? 3 : firstPartialSync + event.writes;
    case 'request':
      return 3;
    case 'restart':
    case 'retry':
      return 4;
    case 'restart-client':
      return 5;
    case 'end':
      return 6;
    case 'crash':
      return firstCrash + 64 * event.survivors + (event.readable === undefined ? 0 : 1 + event.readable);
    default:
      throw new Error(`The event "${event.type}" steps no machine by itself.`);
  }
}

/** The machine that a move steps, and its input. */
interface Actor {
  readonly actor: number;
  readonly code: number;
  readonly packet?: number;
}

const noMachine: Actor = { actor: -1, code: 0 };

/** Every crash of the machine after which fewer entries are readable than are durable. */
function corruptions({ disk }: Machine, replica: number): readonly Event[] {
  return Array.from({ length: disk.unsynced.length + 1 }, (_, survivors) =>
    Array.from(
      { length: disk.image.log.length },
      (_, readable): Event => ({ type: 'crash', replica, survivors, readable }),
    ),
  ).flat();
}

/** Every way to cut the group in two. */
function partitions(replicas: number): readonly Event[] {
  const sides = Array.from({ length: 2 ** replicas - 2 }, (_, index) => index + 1);
  return sides.flatMap((bits) => {
    const side = Array.from({ length: replicas }, (_, replica) => replica).filter(
      (replica) => (bits >> replica) & 1,
    );
    const cut = (direction: Direction, loses: boolean): Event => ({
      type: 'partition',
      cut: linksAround(replicas, side, direction),
      loses,
    });
    // A cut in both directions is the same from either side.
    return [false, true].flatMap((loses) => [
      ...((bits & 1) === 1 ? [cut('both', loses)] : []),
      cut('in', loses),
    ]);
  });
}
