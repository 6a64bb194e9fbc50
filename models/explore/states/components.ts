import type { GhostState } from '../../checking/ghost/ghostState.ts';
import type { Packet } from '../../world/packet.ts';
import type { ClientMachine, Machine, World } from '../../world/world.ts';
import type { Bounds, Remaining } from '../budget/bounds.ts';
import { essentialOfClient, essentialOfMachine, essentialOfPromise } from './essential.ts';
import { Interner } from './interner.ts';
import { canonicalText, type Renaming, textOnce } from './renaming.ts';

/** Which links are cut: what a partition changes of the world. */
export type CutLinks = Pick<World, 'blocked' | 'loses'>;

/** What is the same in every world of an exploration. */
type Common = Pick<World, 'setup' | 'implementation' | 'configuration' | 'clocks' | 'inPlace' | 'wire'>;

/** How often events of each bounded kind have happened, by the index of the kind. */
export interface Spent {
  readonly counts: readonly number[];
}

/**
 * Where the words of a state stand. A state is a list of 32-bit words: their count, the number of the state, then the
 * numbers of its parts. From `machines` on follow the replicas' machines, the clients' machines, and the packets in
 * ascending order.
 */
export const layout = { size: 0, state: 1, spent: 2, links: 3, ghostState: 4, machines: 5 } as const;

/**
 * The parts of which states are made. Few parts make very many states, so each part is kept once and a state refers to
 * its parts by number. The ghost state is one of the parts, so states that differ in it are different states.
 */
export class Components {
  readonly common: Common;
  readonly renamings: readonly Renaming[];
  /** By replica. */
  readonly machines: readonly Interner<Machine>[];
  /** By client. */
  readonly clients: readonly Interner<ClientMachine>[];
  readonly packets: Interner<Packet>;
  readonly links: Interner<CutLinks>;
  readonly ghostStates: Interner<GhostState>;
  readonly spent: Interner<Spent>;
  /** Where the words of the clients begin, and those of the packets. */
  readonly clientsAt: number;
  readonly packetsAt: number;

  private readonly bounds: Bounds;
  /** By the number of the `Spent` part: what is left, and the variant that machines have then. */
  private readonly left: { readonly remaining: Remaining; readonly variant: number }[] = [];
  /** By variant: a `Remaining` that leads to it. */
  private readonly variants: Remaining[] = [];

  /** With `onlyEssential`, machines are equal if their essential parts are. */
  constructor(
    { setup, implementation, configuration, clocks }: World,
    renamings: readonly Renaming[],
    bounds: Bounds,
    onlyEssential: boolean,
  ) {
    this.bounds = bounds;
    // Exploration forks, because it returns to every state, and passes messages on as they are.
    this.common = { setup, implementation, configuration, clocks, inPlace: undefined, wire: undefined };
    this.renamings = renamings;
    this.machines = Array.from({ length: setup.replicas }, (_, replica) => {
      return new Interner<Machine>(renamings, (machine, renaming, variant) => {
        const essential = onlyEssential ? essentialOfMachine(machine, this.leftIn(variant)) : machine;
        return `r${renaming.replicas[replica]}.${variant}${canonicalText(essential, renaming)}`;
      });
    });
    this.clients = Array.from({ length: setup.clients }, (_, client) => {
      return new Interner<ClientMachine>(renamings, (machine, renaming, variant) => {
        const essential = onlyEssential ? essentialOfClient(machine, this.leftIn(variant)) : machine;
        return `c${renaming.clients[client]}.${variant}${canonicalText(essential, renaming)}`;
      });
    });
    this.packets = new Interner<Packet>(renamings, tagged('p'));
    this.links = new Interner<CutLinks>(renamings, tagged('l'));
    this.ghostStates = new Interner<GhostState>(renamings, ({ promised, ...rest }, renaming) => {
      const essential = () => (onlyEssential ? essentialOfPromise(promised) : promised);
      return `h${textOnce(promised, renaming, essential)}${canonicalText(rest, renaming)}`;
    });
    this.spent = new Interner<Spent>(renamings, tagged('b'));
    this.clientsAt = layout.machines + setup.replicas;
    this.packetsAt = this.clientsAt + setup.clients;
  }

  /** The state that stands for a world. Its number is 0 until it is added to a search. */
  pack(world: World, ghostState: GhostState, spent: Spent): Uint32Array {
    const packets = world.packets.map((packet) => this.packets.numberOf(packet));
    const spentNumber = this.spent.numberOf(spent);
    const variant = this.variant(spentNumber);
    const words = [
      this.packetsAt + packets.length,
      0,
      spentNumber,
      this.links.numberOf({ blocked: world.blocked, loses: world.loses }),
      this.ghostStates.numberOf(ghostState),
      ...world.machines.map((machine, replica) => this.machineParts(replica).numberOf(machine, variant)),
      ...world.clients.map((machine, client) => this.clientParts(client).numberOf(machine, variant)),
      ...packets.sort((one, other) => one - other),
    ];
    return Uint32Array.from(words);
  }

  /** The world for which a state stands, as a plain object. */
  unpack(state: Uint32Array): World {
    return {
      ...this.common,
      ...this.linksOf(state),
      machines: this.machinesOf(state),
      clients: this.clientsOf(state),
      packets: this.packetsOf(state),
      last: undefined,
    };
  }

  machinesOf(state: Uint32Array): readonly Machine[] {
    return this.machines.map((parts, replica) => parts.at(state[layout.machines + replica] ?? 0));
  }

  clientsOf(state: Uint32Array): readonly ClientMachine[] {
    return this.clients.map((parts, client) => parts.at(state[this.clientsAt + client] ?? 0));
  }

  linksOf(state: Uint32Array): CutLinks {
    return this.links.at(state[layout.links] ?? 0);
  }

  packetsOf(state: Uint32Array): readonly Packet[] {
    const packets: Packet[] = [];
    const end = state[layout.size] ?? 0;
    for (let at = this.packetsAt; at < end; at++) packets.push(this.packets.at(state[at] ?? 0));
    return packets;
  }

  machineParts(replica: number): Interner<Machine> {
    return part(this.machines, replica);
  }

  clientParts(client: number): Interner<ClientMachine> {
    return part(this.clients, client);
  }

  /** What may still happen, given the number of the `Spent` part. */
  remaining(spent: number): Remaining {
    return this.leftAfter(spent).remaining;
  }

  /**
   * The variant of machines, given the number of the `Spent` part. What is essential of a machine depends on what may
   * still happen, so equal machines have another number in each variant.
   */
  variant(spent: number): number {
    return this.leftAfter(spent).variant;
  }

  /** Gives the machines of the state, which have their numbers from `spentBefore`, their numbers in its own variant. */
  renumber(state: Uint32Array, spentBefore: number): void {
    const variant = this.variant(state[layout.spent] ?? 0);
    if (variant === this.variant(spentBefore)) return;
    this.machines.forEach((parts, replica) => {
      const at = layout.machines + replica;
      state[at] = parts.inVariant(state[at] ?? 0, variant);
    });
    this.clients.forEach((parts, client) => {
      const at = this.clientsAt + client;
      state[at] = parts.inVariant(state[at] ?? 0, variant);
    });
  }

  /** The latest view of all replicas. */
  latestView(state: Uint32Array): number {
    let latest = 0;
    for (let replica = 0; replica < this.machines.length; replica++) {
      const machine = this.machineParts(replica).at(state[layout.machines + replica] ?? 0);
      latest = Math.max(latest, (machine.replica ?? machine.disk.image).viewNumber);
    }
    return latest;
  }

  private leftAfter(spent: number): { readonly remaining: Remaining; readonly variant: number } {
    const known = this.left[spent];
    if (known !== undefined) return known;
    const remaining = this.bounds.remaining(this.spent.at(spent).counts);
    const { timers, requests, retries, crashes, suspicions } = remaining;
    const some = (requests ? 8 : 0) | (retries ? 16 : 0) | (crashes > 0 ? 32 : 0);
    const variant = timers | some | (suspicions > 1 ? 64 : 0);
    this.variants[variant] ??= remaining;
    const left = { remaining, variant };
    this.left[spent] = left;
    return left;
  }

  private leftIn(variant: number): Remaining {
    const left = this.variants[variant];
    if (left === undefined) throw new RangeError(`There is no variant ${variant} of machines.`);
    return left;
  }

  /**
   * The hash of a state: the sum of the hashes of its parts, so that the order of packets does not matter, and the least
   * of these sums over all renamings. Returns the low word and leaves the high word in `high`.
   */
  hashOf(state: Uint32Array): number {
    let least = 0;
    const { length } = this.renamings;
    for (let renaming = 0; renaming < length; renaming++) {
      const low = this.hashUnder(state, renaming);
      const high = this.sumHigh >>> 0;
      const better = renaming === 0 || high < this.high || (high === this.high && low < least);
      if (!better) continue;
      least = low;
      this.high = high;
    }
    return least;
  }

  /** The high word of the last hash. */
  high = 0;
  private sumLow = 0;
  private sumHigh = 0;

  private hashUnder(state: Uint32Array, renaming: number): number {
    const offset = 2 * renaming;
    this.sumLow = 0;
    this.sumHigh = 0;
    this.addHash(this.spent.hashes, state[layout.spent] ?? 0, offset);
    this.addHash(this.links.hashes, state[layout.links] ?? 0, offset);
    this.addHash(this.ghostStates.hashes, state[layout.ghostState] ?? 0, offset);
    for (let replica = 0; replica < this.machines.length; replica++)
      this.addHash(this.machineParts(replica).hashes, state[layout.machines + replica] ?? 0, offset);
    for (let client = 0; client < this.clients.length; client++)
      this.addHash(this.clientParts(client).hashes, state[this.clientsAt + client] ?? 0, offset);
    const end = state[layout.size] ?? 0;
    for (let at = this.packetsAt; at < end; at++) this.addHash(this.packets.hashes, state[at] ?? 0, offset);
    return this.sumLow >>> 0;
  }

  private addHash(hashes: Uint32Array, part: number, offset: number): void {
    const at = 2 * this.renamings.length * part + offset;
    this.sumLow = (this.sumLow + (hashes[at] ?? 0)) | 0;
    this.sumHigh = (this.sumHigh + (hashes[at + 1] ?? 0)) | 0;
  }
}

/** The canonical text with a tag before it, so that parts of different kinds never share a text. */
function tagged(tag: string): (part: object, renaming: Renaming) => string {
  return (part, renaming) => tag + canonicalText(part, renaming);
}

function part<Item extends object>(parts: readonly Interner<Item>[], index: number): Interner<Item> {
  const found = parts[index];
  if (found === undefined) throw new RangeError(`There is no number ${index} among ${parts.length}.`);
  return found;
}
