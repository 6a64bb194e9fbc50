import type { Machine } from '../machine.ts';
import { allOf, type Fault, nothing, picked, pickedTwo, type Room } from './fault.ts';

/** Faults of the network. */
export const networkFaults = {
  /** The packets from one machine to another vanish. */
  oneWay: ({ network, replicas, programs, chance }) => {
    const machines = [...replicas, ...programs].map(({ machine }) => machine);
    const link = network.links.between(picked(machines, chance).name, picked(replicas, chance).machine.name);
    link.isCut = true;
    return () => {
      link.isCut = false;
    };
  },
  /** All packets from and to a replica vanish. */
  cutOff: (room) => cutOff(room, [picked(room.replicas, room.chance).machine]),
  /** No replica and no client reaches another. */
  darkness: (room) => cutOff(room, allOf(room)),
  /** Packets between two machines take long, and few fit at a time. */
  slowLink: ({ network, replicas, chance }) => {
    const [one, other] = [picked(replicas, chance).machine, picked(replicas, chance).machine];
    const links = [network.links.between(one.name, other.name), network.links.between(other.name, one.name)];
    const change = { least: 5 + chance.fraction() * 100, rate: 20 + chance.below(1_000) };
    const before = links.map(({ least, rate }) => ({ least, rate }));
    for (const link of links) Object.assign(link, change);
    return () => links.forEach((link, at) => void Object.assign(link, before[at]));
  },
  /** A machine reads little at a time of what arrives, and pauses between. */
  slowReader: (room) => {
    const machine = picked(allOf(room), room.chance);
    machine.reading = { bytes: 200 + room.chance.below(4_000), pause: 1 + room.chance.below(100) };
    return () => {
      machine.reading = undefined;
    };
  },
  /** One connection is reset at both ends. */
  reset: ({ network, chance }) => {
    const connections = [...network.connections];
    if (connections.length > 0) picked(connections, chance).reset();
    return nothing;
  },
  /** The packets of one connection vanish for good, while new connections may pass: what a firewall that has forgotten it does. */
  deadConnection: ({ network, chance }) => {
    const connections = [...network.connections];
    if (connections.length > 0) picked(connections, chance).isDead = true;
    return nothing;
  },
  /** All connections that others made to a replica die without a word. */
  deadInbound: ({ network, replicas, chance }) => {
    const { name } = picked(replicas, chance).machine;
    for (const connection of network.connections) if (connection.ends[1] === name) connection.isDead = true;
    return nothing;
  },
  /** All connections that there are stand still for a while, and new ones pass. */
  frozenConnections: ({ network }) => {
    const connections = [...network.connections];
    for (const connection of connections) connection.isFrozen = true;
    return () => {
      for (const connection of connections) connection.isFrozen = false;
    };
  },
  /** A machine refuses connections. */
  refusing: ({ network, replicas, chance }) => {
    const { name } = picked(replicas, chance).machine;
    network.refusing.add(name);
    return () => network.refusing.delete(name);
  },
  /** The name of a replica is not found; and its connections are reset, so that others look it up. */
  nameUnknown: (room) => resolving(room, () => ({ host: undefined, delay: 20 })),
  /** The name of a replica is found late; and its connections are reset. */
  nameLate: (room) => resolving(room, () => ({ delay: 10 ** (1 + room.chance.fraction() * 3.2) })),
  /** The name of a replica leads to another one; and its connections are reset. */
  nameWrong: (room) => resolving(room, (other) => ({ host: other.name, delay: 1 })),
} satisfies Readonly<Record<string, Fault>>;

/** The name of a replica resolves otherwise, given another machine. */
function resolving(
  room: Room,
  how: (other: Machine) => { readonly host?: string | undefined; readonly delay: number },
): () => void {
  const { network } = room;
  const two = pickedTwo(room.replicas, room.chance);
  if (two === undefined) return nothing;
  const [{ machine }, { machine: other }] = two;
  network.names.set(machine.name, { host: machine.name, ...how(other) });
  for (const connection of network.connections) if (connection.ends[1] === machine.name) connection.reset();
  return () => network.names.delete(machine.name);
}

/** Cuts each of these machines off from all others. */
function cutOff(room: Room, machines: readonly Machine[]): () => void {
  const { links } = room.network;
  const cut = machines.flatMap(({ name }) =>
    allOf(room).flatMap((other) => [links.between(name, other.name), links.between(other.name, name)]),
  );
  for (const link of cut) link.isCut = true;
  return () => {
    for (const link of cut) link.isCut = false;
  };
}
