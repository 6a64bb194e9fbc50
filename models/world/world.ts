import type {
  Client,
  ClientOutput,
  Configuration,
  Output,
  Replica,
  Service,
  StorageMode,
  Timer,
} from '../../impl/index.ts';
import type { Alteration } from './alteration.ts';
import { type Disk, foundedOn } from './disk.ts';
import type { Draft } from './draft.ts';
import type { Event } from './event.ts';
import { type FileService, fileServiceOf, repeatable } from './fileService.ts';
import type { Implementation } from './implementation.ts';
import { InPlace } from './inPlace.ts';
import type { Packet } from './packet.ts';
import { firstClocks } from './reading.ts';
import { type Impurity, impureService, type ServiceName, serviceNamed } from './services.ts';
import { type CodecName, Wire } from './wire.ts';

/** The group that a world simulates. */
export interface Setup {
  readonly replicas: number;
  readonly mode: StorageMode;
  readonly clients: number;
  /** The most characters of log entries in one message, but one entry at least. 262,144 by default. */
  readonly maxChars?: number;
  /** The number of entries between checkpoints. 4,096 by default, so that short runs take none. */
  readonly checkpointEvery?: number;
  /** The most PREPAREs that are outstanding at a time; later requests wait. By default none waits. */
  readonly pipeline?: number;
  /** How many clients can be registered at a time. By default clients need no registration. */
  readonly sessions?: number;
  /** The most requests that a client has outstanding. By default 2 with `sessions`, and 1 without. */
  readonly window?: number;
  /** Replicas are stepped in place, as in production. By default each step is taken by a fork. */
  readonly inPlace?: true;
  /**
   * Messages and storage records are encoded by this codec and decoded again, as in production. By default they are
   * passed on as they are.
   */
  readonly codec?: CodecName;
  /**
   * A replica's own checkpoint takes effect on its storage with the write after its own, as in production. By default it does with its
   * own.
   */
  readonly lateCheckpoints?: true;
  /** The group is not founded yet. By default all replicas have begun. */
  readonly unfounded?: true;
  /** More may be lost at once than the group tolerates. By default no event loses more. */
  readonly overload?: true;
  /**
   * How many ticks each message takes while the group settles, so that a transfer of many pieces outlasts the
   * timers. By default messages arrive at once.
   */
  readonly latency?: number;
  /**
   * The most bytes of a message; a larger one is not sent, as in production. By default there is no bound in the network, and
   * the replicas assume 1 MiB.
   */
  readonly frameBytes?: number;
  /** The service that the group replicates: the ledger by default. */
  readonly service?: ServiceName | FileService;
  /** One replica executes operations differently from the others. By default the service is deterministic. */
  readonly impure?: Impurity;
  /** The stable storage of one replica gives back another entry than was written. By default it gives back what was written. */
  readonly altered?: Alteration;
}

/** One replica's machine: the replica while it runs, and its stable storage. */
export interface Machine {
  /** Undefined while the machine is down. */
  readonly replica: Replica | undefined;
  readonly disk: Disk;
  /** The armed timers, as a set of bits (see `timerBit`). Each may fire at any moment. */
  readonly timers: number;
  /** How often the replica has restarted. */
  readonly incarnation: number;
}

/** One client's machine. */
export interface ClientMachine {
  readonly client: Client;
  readonly retryArmed: boolean;
  readonly incarnation: number;
  /** How many requests all incarnations have made; each has an operation of its own. */
  readonly asked: number;
}

/** An event and the outputs of its step. It describes the step and is not part of the world's state. */
export interface PerformedEvent {
  readonly event: Event;
  /** The replica that took a step, and its outputs. */
  readonly replica: number | undefined;
  readonly outputs: readonly Output[];
  /** The kinds of these outputs, as bits (see `kindsOf`). */
  readonly kinds: number;
  /** The client that took a step, and its outputs. */
  readonly client: number | undefined;
  readonly clientOutputs: readonly ClientOutput[];
  /** The exception that the step threw, which breaks `never-throws`. */
  readonly thrown: string | undefined;
  /** What the step changed although it must never change, which breaks `immutable-stays`. */
  readonly changed: string | undefined;
  /** Which message or record did not come out of its encoding as it went in, which breaks `encoding-keeps`. */
  readonly miscoded: string | undefined;
}

/** An event of which nothing came, to change before it is used. This literal gives all of them one hidden class. */
export function performed(event: Event): Draft<PerformedEvent> {
  return {
    event,
    replica: undefined,
    outputs: [],
    kinds: 0,
    client: undefined,
    clientOutputs: [],
    thrown: undefined,
    changed: undefined,
    miscoded: undefined,
  };
}

/** The state of a whole group, its clients and its network. Immutable: `perform` returns another world. */
export interface World {
  readonly setup: Setup;
  readonly implementation: Implementation;
  readonly configuration: Configuration;
  readonly machines: readonly Machine[];
  readonly clients: readonly ClientMachine[];
  /** Messages on their way, oldest first; they may arrive in any order, twice, or never. */
  readonly packets: readonly Packet[];
  /** By receiving replica, the set of replicas (as bits) from which the links to it are cut. */
  readonly blocked: readonly number[];
  /** Whether messages sent on a cut link are lost. */
  readonly loses: boolean;
  /** By replica: the time that its machine's clock shows, in milliseconds. */
  readonly clocks: readonly number[];
  readonly last: PerformedEvent | undefined;
  /** Steps the replicas of a group that is stepped in place. */
  readonly inPlace: InPlace | undefined;
  /** Encodes the messages and records of a group that has a codec. */
  readonly wire: Wire | undefined;
}

/** A copy, to change before it is used. This literal gives all worlds one hidden class, and a spread would not. */
export function copyOf(world: World): Draft<World> {
  return {
    setup: world.setup,
    implementation: world.implementation,
    configuration: world.configuration,
    machines: world.machines,
    clients: world.clients,
    packets: world.packets,
    blocked: world.blocked,
    loses: world.loses,
    clocks: world.clocks,
    last: world.last,
    inPlace: world.inPlace,
    wire: world.wire,
  };
}

/** The bit of a timer in `Machine.timers`. */
export const timerBit: Readonly<Record<Timer, number>> = { heartbeat: 1, resend: 2, suspect: 4 };

/** All timers, in the order in which `enabled` lists them. */
export const timers: readonly Timer[] = ['heartbeat', 'resend', 'suspect'];

/** The world before any event. The service is the one that the setup names, unless another one is given. */
export function createWorld(
  implementation: Implementation,
  setup: Setup,
  service: Service = serviceNamed(implementation, setup.service),
): World {
  const configuration = implementation.configure(setup.replicas, setup.mode, service, {
    frameBytes: setup.frameBytes,
    maxChars: setup.maxChars,
    checkpointEvery: setup.checkpointEvery,
    pipeline: setup.pipeline ?? Number.MAX_SAFE_INTEGER,
    sessions: setup.sessions ?? Number.POSITIVE_INFINITY,
    window: setup.window ?? (setup.sessions === undefined ? 1 : 2),
  });
  return createWorldWith(implementation, setup, configuration);
}

/**
 * The same for a group of this configuration, of which the setup need only tell the size, the mode and the
 * clients.
 */
export function createWorldWith(
  implementation: Implementation,
  setup: Setup,
  configuration: Configuration,
): World {
  const machines = Array.from({ length: setup.replicas }, (_, number) =>
    createMachine(implementation, setup, configuration, number),
  );
  const clients = Array.from({ length: setup.clients }, (_, number) =>
    createClientMachine(implementation, configuration, `c${number}`),
  );
  const blocked = machines.map(() => 0);
  return {
    // Set-ups are drawn by spreads, and each has a hidden class of its own. Copies share them.
    setup: structuredClone(setup),
    implementation,
    configuration,
    machines,
    clients,
    packets: [],
    blocked,
    loses: false,
    clocks: firstClocks(setup.replicas),
    last: undefined,
    inPlace: setup.inPlace ? new InPlace(implementation) : undefined,
    wire: setup.codec && new Wire(implementation, configuration, setup.codec),
  };
}

/** The configuration that the replica with this number runs: its service may differ from that of the others. */
export function configurationAt(
  implementation: Implementation,
  setup: Setup,
  configuration: Configuration,
  replicaNumber: number,
): Configuration {
  const { impure } = setup;
  if (fileServiceOf(setup) !== undefined && implementation.fileService !== undefined)
    return { ...configuration, service: repeatable(implementation.fileService, replicaNumber) };
  if (impure?.replica !== replicaNumber) return configuration;
  return { ...configuration, service: impureService(implementation, impure) };
}

/** Whether the machine runs, or would run, a replica that has stopped for good. */
export function isHalted({ replica, disk }: Machine): boolean {
  return (replica?.halted ?? disk.image.halted) !== undefined;
}

/** A machine whose replica has begun; or that is down, with empty storage, if the group is not founded. */
function createMachine(
  implementation: Implementation,
  setup: Setup,
  configuration: Configuration,
  number: number,
): Machine {
  const { createReplica, step, blankImage, foundedAtOnce } = implementation;
  const disk = { name: String(number), image: blankImage, unsynced: [], torn: [], write: 0, late: undefined };
  if (setup.unfounded) return { replica: undefined, disk, timers: 0, incarnation: 0 };
  const replica = createReplica(configurationAt(implementation, setup, configuration, number), number);
  const timers = armedAfter(0, step(replica, { type: 'start' }));
  return { replica, disk: foundedOn(disk, foundedAtOnce(configuration)), timers, incarnation: 0 };
}

/** A client of this name before its first request. */
export function createClientMachine(
  { createClient }: Implementation,
  configuration: Configuration,
  name: string,
): ClientMachine {
  return { client: createClient(configuration, name, 0), retryArmed: false, incarnation: 0, asked: 0 };
}

/** The armed timers after a step with these outputs. */
export function armedAfter(armed: number, outputs: readonly Output[]): number {
  let result = armed;
  for (const output of outputs) {
    if (output.type !== 'timer') continue;
    const bit = timerBit[output.timer];
    result = output.delay > 0 ? result | bit : result & ~bit;
  }
  return result;
}
