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
import type { Disk } from './disk.ts';
import type { Event } from './event.ts';
import type { Implementation } from './implementation.ts';
import type { Packet } from './packet.ts';

/** Which group is put on run. */
export interface Setup {
  readonly replicas: number;
  readonly mode: StorageMode;
  readonly clients: number;
  /** Messages carry no more than one log entry. Otherwise they carry all that there ever are here. */
  readonly piecewise?: true;
  /** After how many entries each a checkpoint is taken. Otherwise none is ever taken here. */
  readonly checkpointEvery?: number;
  /** One PREPARE is outstanding at a time, and what is ordered meanwhile waits. Otherwise nothing ever waits. */
  readonly batching?: true;
  /**
   * How many clients can be registered at a time; each may have two requests outstanding. Otherwise nobody need be
   * registered, and has one.
   */
  readonly sessions?: number;
}

/** One replica's machine: the replica while it runs, and what outlives it. */
export interface Machine {
  /** Undefined while the machine is down. */
  readonly replica: Replica | undefined;
  readonly disk: Disk;
  /** The timers that are armed, as a set of bits (see `timerBit`). Any of them may fire at any moment. */
  readonly timers: number;
  /** How often the replica was restarted. */
  readonly incarnation: number;
}

/** One client's machine. */
export interface ClientMachine {
  readonly client: Client;
  readonly retryArmed: boolean;
  readonly incarnation: number;
  /** How many requests were made by all incarnations: each asks for another operation. */
  readonly asked: number;
}

/** What the last event brought about. It describes the step, and is no part of the world's state. */
export interface PerformedEvent {
  readonly event: Event;
  /** The replica that was stepped, and what it put out. */
  readonly replica: number | undefined;
  readonly outputs: readonly Output[];
  /** The client that was stepped, and what it put out. */
  readonly client: number | undefined;
  readonly clientOutputs: readonly ClientOutput[];
  /** What the implementation threw, which it never should. */
  readonly thrown: string | undefined;
}

/** Everything there is. Immutable: `perform` yields another world, and old ones stay valid. */
export interface World {
  readonly setup: Setup;
  readonly implementation: Implementation;
  readonly configuration: Configuration;
  readonly machines: readonly Machine[];
  readonly clients: readonly ClientMachine[];
  /** Messages on their way, oldest first; they may arrive in any order, twice, or never. */
  readonly packets: readonly Packet[];
  /** By receiving replica, the set of replicas (as bits) whose messages do not get through at present. */
  readonly blocked: readonly number[];
  /** Whether what is sent on a blocked link is lost. */
  readonly loses: boolean;
  readonly last: PerformedEvent | undefined;
}

/** The bit of a timer in `Machine.timers`. */
export const timerBit: Readonly<Record<Timer, number>> = { heartbeat: 1, resend: 2, suspect: 4 };

/** All timers, in the order in which they are offered. */
export const timers: readonly Timer[] = ['heartbeat', 'resend', 'suspect'];

/** The world before anything has happened. The service is the ledger, whose answers betray every reordering. */
export function createWorld(
  implementation: Implementation,
  setup: Setup,
  service: Service = implementation.ledgerService,
): World {
  const configuration = implementation.configure(setup.replicas, setup.mode, service, {
    maxChars: setup.piecewise && 1,
    checkpointEvery: setup.checkpointEvery,
    pipeline: setup.batching ? 1 : Number.MAX_SAFE_INTEGER,
    sessions: setup.sessions ?? Number.POSITIVE_INFINITY,
    window: setup.sessions === undefined ? 1 : 2,
  });
  return createWorldWith(implementation, setup, configuration);
}

/** The same for a group of this configuration, of which the setup need only tell the size, the mode and the clients. */
export function createWorldWith(
  implementation: Implementation,
  setup: Setup,
  configuration: Configuration,
): World {
  const { createReplica, step, blankImage } = implementation;
  const machines = Array.from({ length: setup.replicas }, (_, replicaNumber): Machine => {
    const replica = createReplica(configuration, replicaNumber);
    const armed = armedAfter(0, step(replica, { type: 'start' }));
    return {
      replica,
      disk: { image: blankImage, unsynced: [], torn: [], write: 0 },
      timers: armed,
      incarnation: 0,
    };
  });
  const clients = Array.from({ length: setup.clients }, (_, number) =>
    createClientMachine(implementation, configuration, `c${number}`),
  );
  const blocked = machines.map(() => 0);
  return {
    setup,
    implementation,
    configuration,
    machines,
    clients,
    packets: [],
    blocked,
    loses: false,
    last: undefined,
  };
}

/** A client of this name that has asked for nothing. */
export function createClientMachine(
  { createClient }: Implementation,
  configuration: Configuration,
  name: string,
): ClientMachine {
  return { client: createClient(configuration, name, 0), retryArmed: false, incarnation: 0, asked: 0 };
}

/** The armed timers after a step that put out these outputs. */
export function armedAfter(armed: number, outputs: readonly Output[]): number {
  let result = armed;
  for (const output of outputs) {
    if (output.type !== 'timer') continue;
    const bit = timerBit[output.timer];
    result = output.delay > 0 ? result | bit : result & ~bit;
  }
  return result;
}
