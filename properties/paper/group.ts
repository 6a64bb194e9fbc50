import * as vr from '../../impl/index.ts';
import { canArrive, canSync, isArmed } from '../../models/world/enabled.ts';
import type { Event } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import type { Packet } from '../../models/world/packet.ts';
import { type Choices, perform } from '../../models/world/perform.ts';
import {
  createClientMachine,
  createWorldWith,
  type Machine,
  type Setup,
  timerBit,
  timers,
  type World,
} from '../../models/world/world.ts';
import { asInVrr } from '../asInVrr.ts';

export type Outputs = readonly (vr.Output | vr.ClientOutput)[];

/** A message, and between which replicas (by number) and clients (by name) it travels. */
export interface AddressedMessage {
  readonly from: number | string;
  readonly to: number | string;
  readonly message: vr.Message | vr.ClientMessage;
}

/** A message that was sent and has not arrived. */
export interface InFlight extends AddressedMessage {
  readonly packet: Packet;
}

type Kind = AddressedMessage['message']['type'];

/** Which message is meant: the oldest one between these endpoints. */
type Which = { readonly from?: number | string; readonly to?: number | string };

/**
 * A world (models/world) whose events the test chooses: it asks, delivers, loses, fires, syncs, crashes and restarts by
 * name. The service holds keys and values, and clients join when they are named first. What no event brings about is in
 * `tamper.ts`.
 */
export class Group {
  world: World;
  /** What the clients were answered, in order. */
  readonly answers: vr.Json[] = [];
  readonly alarms: vr.AlarmReason[] = [];
  /** What each replica's clock and source of chance show, by its number. Clocks that are not given here are not read. */
  readings: readonly vr.Predicted[] = [];
  private readonly syncs: 'at once' | 'by hand';
  /** Packets that are delayed until the test says that they arrive. */
  private held: readonly Packet[] = [];
  /** With which delay each timer was last armed, by replica. */
  private readonly delays: readonly Map<vr.Timer, number>[];

  constructor(
    size: number,
    mode: vr.StorageMode = 'diskless',
    syncs: 'at once' | 'by hand' = 'at once',
    limits: vr.ConfigurationOptions = {},
    given: Pick<Setup, 'unfounded' | 'overload'> = {},
  ) {
    this.syncs = syncs;
    const configuration = vr.configure(size, mode, vr.keyValueService, { ...asInVrr, ...limits });
    const setup = { ...given, replicas: size, mode, clients: 0 };
    this.world = createWorldWith(realImplementation, setup, configuration);
    this.delays = this.world.machines.map(() => new Map());
  }

  replica(number: number): vr.Replica {
    const { replica } = this.machine(number);
    if (replica === undefined) throw new Error(`Replica ${number} is down.`);
    return replica;
  }

  disk(number: number): Machine['disk'] {
    return this.machine(number).disk;
  }

  /** The keys of the operations in the replica's log, and those that it has executed. */
  keys(number: number): { readonly log: string; readonly executed: string } {
    const { log, commitNumber } = this.replica(number);
    const keys = log.entriesAfter(0).map(({ operation }) => Object(operation).key);
    return { log: keys.join(' '), executed: keys.slice(0, commitNumber).join(' ') };
  }

  armed(number: number): readonly vr.Timer[] {
    return timers.filter((timer) => isArmed(this.world, number, timerBit[timer]));
  }

  /** In how many ticks the timer fires, counted from when it was last armed. Undefined if it is not armed. */
  delay(number: number, timer: vr.Timer): number | undefined {
    return this.armed(number).includes(timer) ? this.delays[number]?.get(timer) : undefined;
  }

  client(name: string): vr.Client {
    const number = this.join(name);
    const { client } = this.world.clients[number] ?? {};
    if (client === undefined) throw new RangeError(`There is no client ${name}.`);
    return client;
  }

  /** The client asks for an operation. A key alone means: set this key to 1. */
  ask(name: string, what: string | vr.KeyValueOperation): Outputs {
    const operation = typeof what === 'string' ? { type: 'set', key: what, value: 1 } : what;
    return this.perform({ type: 'request', client: this.join(name) }, operation);
  }

  /** The client ends its session. */
  end(name: string): Outputs {
    return this.perform({ type: 'end', client: this.join(name) });
  }

  /** The client's retry timer fires. */
  retry(name: string): Outputs {
    return this.perform({ type: 'retry', client: this.join(name) });
  }

  /** The client crashes, forgets everything, and comes back in its next incarnation. */
  restartClient(name: string): Outputs {
    return this.perform({ type: 'restart-client', client: this.join(name) });
  }

  fire(replica: number, timer: vr.Timer): Outputs {
    return this.perform({ type: 'timer', replica, timer });
  }

  /** What is on its way and not held back, oldest first. */
  get inFlight(): readonly InFlight[] {
    const packets = [...this.world.packets];
    for (const held of this.held) packets.splice(packets.lastIndexOf(held), 1);
    return packets.map((packet) => {
      const { from, to, message } = packet;
      return { from: this.nameOf(from), to: this.nameOf(to), message, packet };
    });
  }

  /** The messages of this type that are in flight, oldest first. */
  find(type: Kind, which: Which = {}): readonly InFlight[] {
    return this.inFlight.filter(
      ({ from, to, message }) =>
        message.type === type && (which.from ?? from) === from && (which.to ?? to) === to,
    );
  }

  /** Delivers the oldest such message, and yields what its receiver put out. */
  deliver(type: Kind, which: Which = {}): Outputs {
    return this.perform({ type: 'deliver', packet: this.oldest(type, which).packet });
  }

  /** Such messages are lost, or everything in flight. */
  lose(type?: Kind, which: Which = {}): void {
    for (const message of type === undefined ? this.inFlight : this.find(type, which)) this.drop(message);
  }

  /** This very message is lost. */
  drop({ packet }: InFlight): void {
    this.perform({ type: 'drop', packet });
  }

  /** Such messages are delayed: they stay on their way until `arrive` delivers them. */
  hold(type: Kind, which: Which = {}): readonly InFlight[] {
    const held = this.find(type, which);
    this.held = [...this.held, ...held.map(({ packet }) => packet)];
    return held;
  }

  /** The network duplicates the oldest such message, and delays the copy. */
  duplicate(type: Kind, which: Which = {}): InFlight {
    const copy = this.oldest(type, which);
    this.perform({ type: 'duplicate', packet: copy.packet });
    this.held = [...this.held, copy.packet];
    return copy;
  }

  /** A message that was delayed is in flight again. */
  release({ packet }: InFlight): void {
    const at = this.held.indexOf(packet);
    if (at >= 0) this.held = this.held.toSpliced(at, 1);
  }

  /** Delivers this very message, which may have been delayed. */
  arrive(message: InFlight | undefined): Outputs {
    if (message === undefined) throw new Error('There is no such message.');
    this.release(message);
    return this.perform({ type: 'deliver', packet: message.packet });
  }

  /**
   * Delivers all that is in flight, oldest first, until nothing is left. What `without` would send or receive is lost,
   * and so is what is sent to a machine that is down.
   */
  run({ without = [] }: { readonly without?: readonly number[] } = {}): void {
    for (let [next] = this.inFlight; next !== undefined; [next] = this.inFlight) {
      const { from, to, packet } = next;
      const isLost = without.some((number) => number === from || number === to);
      this.perform({ type: isLost || !canArrive(this.world, packet) ? 'drop' : 'deliver', packet });
    }
  }

  /** Everything that the replica wrote becomes durable, if anything was written. */
  sync(number: number): Outputs {
    return canSync(this.machine(number)) ? this.perform({ type: 'sync', replica: number }) : [];
  }

  /**
   * The machine stops. Of the records that were not durable the first `survivors` are kept all the same; of its log, no
   * more than `readable` entries can be read from then on.
   */
  crash(
    replica: number,
    { survivors = 0, readable }: { readonly survivors?: number; readonly readable?: number } = {},
  ): void {
    const event = { type: 'crash', replica, survivors } as const;
    this.perform(readable === undefined ? event : { ...event, readable });
  }

  /** The machine stops, and loses all contents of its storage. */
  loseStorage(replica: number): void {
    this.perform({ type: 'crash', replica, survivors: 0, lost: true });
  }

  restart(replica: number): Outputs {
    return this.perform({ type: 'restart', replica });
  }

  /** The event happens, and yields what was put out. Where disks sync at once, what it wrote becomes durable too. */
  perform(event: Event, operation: vr.Json = null): Outputs {
    const choices: Choices = {
      operationOf: () => operation,
      readingOf: (_, number) => this.readings[number],
    };
    const world = perform(this.world, event, choices);
    const { replica, outputs = [], clientOutputs = [], thrown } = world.last ?? {};
    if (thrown !== undefined) throw new Error(thrown);
    this.world = world;
    for (const output of outputs) {
      if (output.type === 'alarm') this.alarms.push(output.reason);
      if (output.type === 'timer') this.delays[replica ?? -1]?.set(output.timer, output.delay);
    }
    for (const output of clientOutputs) if (output.type === 'answered') this.answers.push(output.result);
    const synced = replica === undefined || this.syncs === 'by hand' ? [] : this.sync(replica);
    return [...outputs, ...clientOutputs, ...synced];
  }

  /** The number by which the world knows this replica or client. */
  endpointOf(name: number | string): number {
    return typeof name === 'number' ? name : this.world.machines.length + this.join(name);
  }

  private nameOf(endpoint: number): number | string {
    return this.world.clients[endpoint - this.world.machines.length]?.client.name ?? endpoint;
  }

  /** The number of this client, which joins if it is new. */
  private join(name: string): number {
    const { implementation, configuration, clients } = this.world;
    const number = clients.findIndex(({ client }) => client.name === name);
    if (number >= 0) return number;
    const machine = createClientMachine(implementation, configuration, name);
    this.world = { ...this.world, clients: [...clients, machine] };
    return clients.length;
  }

  private machine(number: number): Machine {
    const machine = this.world.machines[number];
    if (machine === undefined) throw new RangeError(`There is no replica ${number}.`);
    return machine;
  }

  private oldest(type: Kind, which: Which): InFlight {
    const [oldest] = this.find(type, which);
    if (oldest === undefined) throw new Error(`No ${type} ${JSON.stringify(which)} is in flight.`);
    return oldest;
  }
}

/** Why the input changed nothing. */
export function reasonOf(outputs: Outputs): vr.DropReason | vr.RejectReason | undefined {
  for (const output of outputs) {
    if (output.type === 'dropped' || output.type === 'rejected') return output.reason;
  }
  return undefined;
}
