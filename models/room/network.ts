import type { Address } from '../../impl/node/cluster/address.ts';
import { formatAddress } from '../../impl/node/cluster/address.ts';
import type { ByteStream, ListeningPort, ListenOptions, Network } from '../../impl/node/platform/network.ts';
import type { Chance } from '../processes/chance.ts';
import { Endpoint, RoomError } from './endpoint.ts';
import { Links } from './links.ts';
import type { Machine, RoomProcess } from './machine.ts';
import { Pipe } from './pipe.ts';
import type { RoomTime } from './time.ts';

/** Milliseconds between attempts to connect, until the system gives up. */
const attempts = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000];

/** A connection, as faults see it. */
export interface Connection {
  /** The names of the machines at its ends; that which connected comes first. */
  readonly ends: readonly [string, string];
  /** Whether its packets vanish, while those of new connections may pass. */
  isDead: boolean;
  /** Whether they vanish for a while. */
  isFrozen: boolean;
  /** Milliseconds in which the process that accepted it ran with it. */
  age(): number;
  /** Both ends are told that the connection is over. */
  reset(): void;
}

/** What a name resolves to, in place of the machine of that name, and after how many milliseconds. */
export interface Resolution {
  /** Undefined: there is no such name. */
  readonly host: string | undefined;
  readonly delay: number;
}

interface Listening {
  readonly process: RoomProcess;
  readonly options: ListenOptions;
  readonly open: Set<Endpoint>;
  onEmpty: (() => void) | undefined;
}

/** The network of the room. Machines are known by their names. */
export class RoomNetwork {
  readonly links: Links;
  readonly connections = new Set<Connection>();
  /** The machines that refuse connections, though a process listens there. */
  readonly refusing = new Set<string>();
  /** Machines whose port another program holds. */
  readonly taken = new Set<string>();
  /** Names that do not resolve at once to their machines. */
  readonly names = new Map<string, Resolution>();
  /** Machines that belong to no group. */
  readonly strangers = new Set<Machine>();
  private readonly time: RoomTime;
  private readonly chance: Chance;
  private readonly machines = new Map<string, Machine>();
  private readonly ports = new Map<string, Listening>();
  private readonly open = new Map<string, number>();
  private readonly attempts = new Map<string, number>();
  private ephemeral = 0;
  /** When machines lost power. */
  private readonly losses: number[] = [];

  /** `isRegular`: whether all packets take equally long, so that what is done at one moment arrives at one moment. */
  constructor(time: RoomTime, chance: Chance, isRegular = false) {
    this.time = time;
    this.chance = chance;
    const jitter = isRegular ? 0 : 1;
    this.links = new Links(() => jitter * chance.fraction());
  }

  add(machine: Machine): void {
    this.machines.set(machine.name, machine);
  }

  /** How many connections the system of a machine knows. */
  openAt(machine: string): number {
    return this.open.get(machine) ?? 0;
  }

  /** How many connections a machine has tried to make. */
  attemptsOf(machine: string): number {
    return this.attempts.get(machine) ?? 0;
  }

  /** How many connections strangers have tried to make. */
  get callsOfStrangers(): number {
    let calls = 0;
    for (const { name } of this.strangers) calls += this.attemptsOf(name);
    return calls;
  }

  /** The network as this process sees it. */
  seenBy(process: RoomProcess): Network {
    return {
      connect: (to) => this.connect(process, to),
      listen: (at, options) => this.listen(process, at, options),
      descriptors: () => process.machine.descriptors,
      checkCredentials: () => {
        throw new Error('There is no TLS in the room.');
      },
    };
  }

  private async listen(process: RoomProcess, at: Address, options: ListenOptions): Promise<ListeningPort> {
    const name = formatAddress(at);
    if (at.host !== process.machine.name) throw new RoomError('EADDRNOTAVAIL');
    if (this.ports.get(name)?.process.isAlive === true || this.taken.has(at.host))
      throw new RoomError('EADDRINUSE');
    const listening: Listening = { process, options, open: new Set(), onEmpty: undefined };
    this.ports.set(name, listening);
    const stop = (): void => {
      if (this.ports.get(name) === listening) this.ports.delete(name);
    };
    process.whenKilled(stop);
    return {
      address: at,
      renew: () => undefined,
      close: async () => {
        stop();
        if (listening.open.size === 0) return;
        await new Promise<void>((resolve) => {
          listening.onEmpty = resolve;
        });
      },
    };
  }

  private connect(process: RoomProcess, to: Address): ByteStream {
    const target = formatAddress(to);
    const endpoint = this.endpoint(process, target, () => undefined);
    const { name: from } = process.machine;
    this.attempts.set(from, this.attemptsOf(from) + 1);
    const name = this.names.get(to.host);
    if (name === undefined) this.attempt(endpoint, to, 0);
    else
      this.time.after(name.delay, () => {
        if (name.host === undefined) endpoint.failed('ENOTFOUND');
        else if (endpoint.isPresent) this.attempt(endpoint, { ...to, host: name.host }, 0);
      });
    return endpoint;
  }

  /** Makes all as it was at first. What strangers left open stays. */
  heal(): void {
    this.links.heal();
    this.refusing.clear();
    this.taken.clear();
    this.names.clear();
    for (const connection of this.connections) connection.isFrozen = false;
    for (const stranger of this.strangers) stranger.kill();
  }

  /** The connections that strangers have made to a machine, and that it has not closed. */
  strangeConnectionsOf(machine: string): readonly Connection[] {
    const names = new Set([...this.strangers].map(({ name }) => name));
    return [...this.connections].filter(({ ends }) => names.has(ends[0]) && ends[1] === machine);
  }

  private attempt(endpoint: Endpoint, to: Address, number: number): void {
    const { time, links } = this;
    const { machine } = endpoint.process;
    const forward = links.between(machine.name, to.host);
    const backward = links.between(to.host, machine.name);
    const wait = attempts[number];
    const again = (): void => {
      if (!endpoint.isPresent) return;
      if (wait === undefined) endpoint.failed('ETIMEDOUT');
      else this.attempt(endpoint, to, number + 1);
    };
    const target = this.machines.get(to.host);
    const later = (delay: number, happen: () => void): void => void time.after(delay, happen);
    if (target?.isOn !== true || forward.isCut || backward.isCut) return later(wait ?? 0, again);
    later(forward.latency, () => {
      if (!endpoint.isPresent) return;
      if (!target.isOn) return later(wait ?? 0, again);
      const listening = this.ports.get(formatAddress(to));
      if (listening?.process.isAlive !== true || this.refusing.has(to.host))
        return later(backward.latency, () => endpoint.failed('ECONNREFUSED'));
      this.accept(endpoint, listening, to.host);
    });
  }

  private accept(endpoint: Endpoint, listening: Listening, host: string): void {
    const { time, links } = this;
    const { name } = endpoint.process.machine;
    const [there, back] = [links.between(name, host), links.between(host, name)];
    const { process, options, open } = listening;
    const accepted = this.endpoint(process, `${name}:${49_152 + this.ephemeral++}`, () => {
      open.delete(accepted);
      this.connections.delete(connection);
      if (open.size === 0) listening.onEmpty?.();
    });
    let since = Number.POSITIVE_INFINITY;
    const connection: Connection = {
      ends: [name, host],
      isDead: false,
      isFrozen: false,
      age: () => process.ran - since,
      reset: () => {
        endpoint.failed('ECONNRESET');
        accepted.failed('ECONNRESET');
      },
    };
    this.connections.add(connection);
    const below = (limit: number): number => this.chance.below(limit);
    const isDead = (): boolean => connection.isDead || connection.isFrozen;
    const common = { time, isDead, below };
    const out = new Pipe(endpoint, accepted, { ...common, forward: there, backward: back });
    const home = new Pipe(accepted, endpoint, { ...common, forward: back, backward: there });
    accepted.connected(home, out);
    open.add(accepted);
    process.input(() => {
      since = process.ran;
      options.onConnection(accepted);
    });
    time.after(back.latency, () => {
      endpoint.connected(out, home);
      endpoint.tellConnected();
    });
  }

  /** How often machines have lost power since then. */
  lossesSince(time: number): number {
    return this.losses.length - (this.losses.findLastIndex((loss) => loss < time) + 1);
  }

  /** The machine has lost power, and with it all that its system knew. */
  forgetAt(machine: string): void {
    this.open.set(machine, 0);
    this.losses.push(this.time.now);
    for (const connection of this.connections)
      if (connection.ends.includes(machine)) this.connections.delete(connection);
  }

  private endpoint(process: RoomProcess, remote: string, onGone: () => void): Endpoint {
    const { name } = process.machine;
    this.open.set(name, this.openAt(name) + 1);
    return new Endpoint(process, remote, () => {
      this.open.set(name, this.openAt(name) - 1);
      onGone();
    });
  }
}
