import type { Chance } from '../processes/chance.ts';
import type { ClientProgram } from './clientProgram.ts';
import type { Machine } from './machine.ts';
import type { RoomNetwork } from './network.ts';
import type { ReplicaMachine } from './replicaMachine.ts';

/** What faults strike. */
export interface Room {
  readonly network: RoomNetwork;
  readonly replicas: readonly ReplicaMachine[];
  /** The programs that run now. */
  readonly programs: ClientProgram[];
  readonly chance: Chance;
  /** How often all was made well. */
  readonly round: number;
  /** Ends a client's process, and starts another in its place. */
  replaceClient(at: number): void;
}

/** Strikes once. Yields what ends it. */
type Fault = (room: Room) => () => void;

const nothing = (): void => undefined;

/** Every kind of fault. */
export const faultKinds = {
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
  /** A machine refuses connections. */
  refusing: ({ network, replicas, chance }) => {
    const { name } = picked(replicas, chance).machine;
    network.refusing.add(name);
    return () => network.refusing.delete(name);
  },
  /** The process of a replica stands still. */
  freeze: ({ replicas, chance }) => {
    const { process } = picked(replicas, chance).machine;
    process?.freeze();
    return () => process?.thaw();
  },
  /** The process of a client stands still. */
  freezeClient: ({ programs, chance }) => {
    const { process } = picked(programs, chance);
    process.freeze();
    return () => process.thaw();
  },
  kill: ({ replicas, chance }) => {
    const replica = picked(replicas, chance);
    replica.machine.kill();
    return () => replica.start();
  },
  powerCut: (room) => losePower(room, [picked(room.replicas, room.chance)]),
  /**
   * The directory of one replica, the same in the whole run, is put back from a copy of an earlier round: since then the others have heard
   * of a later start. It has lost its memory then, which a group of three or more survives.
   */
  putBack: ({ replicas, round }) => {
    const replica = replicas.at(-1);
    if (replica === undefined || replicas.length < 3) return nothing;
    replica.machine.kill();
    replica.copied(round);
    return () => replica.start();
  },
  /** All replicas lose their power at one moment. */
  blackout: (room) => losePower(room, room.replicas),
  slowDisk: ({ replicas, chance }) => {
    const { disk } = picked(replicas, chance);
    disk.slowest = 10 ** (1 + chance.fraction() * 2.5);
    return () => disk.heal();
  },
  /** A replica's time of day jumps. */
  clockJump: ({ replicas, chance }) => {
    const { machine } = picked(replicas, chance);
    machine.clockError += (chance.fraction() - 0.5) * 10 ** chance.below(8);
    return nothing;
  },
  /** A client ends without a word, and another comes. */
  clientDies: ({ programs, chance, replaceClient }) => {
    replaceClient(chance.below(programs.length));
    return nothing;
  },
} satisfies Readonly<Record<string, Fault>>;

/** The name of a kind of fault. */
export type FaultKind = keyof typeof faultKinds;

/** Makes everything well again. */
export function heal({ network, replicas, programs }: Room): void {
  network.links.heal();
  network.refusing.clear();
  for (const { machine, disk } of replicas) {
    machine.process?.thaw();
    disk.heal();
  }
  for (const replica of replicas) replica.start();
  for (const { process } of programs) process.thaw();
}

/** Takes the power of these machines away until the fault ends. */
function losePower({ network }: Room, replicas: readonly ReplicaMachine[]): () => void {
  for (const { machine } of replicas) {
    machine.powerOff();
    network.forgetAt(machine.name);
  }
  return () => {
    for (const replica of replicas) replica.start();
  };
}

function allOf({ replicas, programs }: Room): readonly Machine[] {
  return [...replicas, ...programs].map(({ machine }) => machine);
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

function picked<T>(list: readonly T[], chance: Chance): T {
  const found = list[chance.below(list.length)];
  if (found === undefined) throw new RangeError('There is nothing to pick from.');
  return found;
}
