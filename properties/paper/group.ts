import * as vr from '../../impl/index.ts';

type Output = vr.Output | vr.ClientOutput;

/** A message on its way, between replicas by number and clients by name. */
export type Letter = {
  readonly from: number | string;
  readonly to: number | string;
  readonly message: vr.Message | vr.ClientMessage;
};

type Kind = Letter['message']['type'];

/** Which letter is meant: the oldest one that has all of these. */
type Which = { readonly from?: number | string; readonly to?: number | string };

class Machine {
  replica: vr.Replica;
  isUp = true;
  /** What is durable, and the records written since. */
  image: vr.Image = vr.blankImage;
  unsynced: vr.StorageRecord[] = [];
  lastWrite = 0;
  incarnation = 0;
  readonly timers = new Map<vr.Timer, number>();

  constructor(replica: vr.Replica) {
    this.replica = replica;
  }
}

/** Nobody need be registered, and each client has one request outstanding (VRR §4.1). */
export const asInVrr: vr.Limits = { sessions: Number.POSITIVE_INFINITY, window: 1 };

/** A group of real replicas and their clients. Every letter is delivered, and every timer fired, by hand. */
export class Group {
  letters: readonly Letter[] = [];
  /** What the clients were answered, in order. */
  readonly answers: vr.Json[] = [];
  readonly alarms: string[] = [];
  /** What each replica's clock and source of chance show, by its number; nothing is read where nothing is said. */
  readings: readonly vr.Predicted[] = [];
  private readonly configuration: vr.Configuration;
  private readonly machines: readonly Machine[];
  private readonly clients = new Map<string, vr.Client>();
  private readonly syncs: 'at once' | 'by hand';

  constructor(
    size: number,
    mode: vr.StorageMode = 'diskless',
    syncs: 'at once' | 'by hand' = 'at once',
    limits: vr.Limits = {},
  ) {
    this.syncs = syncs;
    this.configuration = vr.configure(size, mode, vr.keyValueService, { ...asInVrr, ...limits });
    const numbers = Array.from({ length: size }, (_, number) => number);
    this.machines = numbers.map((number) => new Machine(vr.createReplica(this.configuration, number)));
    for (const number of numbers) this.input(number, { type: 'start' });
  }

  machine(number: number): Machine {
    const machine = this.machines[number];
    if (machine === undefined) throw new RangeError(`There is no replica ${number}.`);
    return machine;
  }

  replica(number: number): vr.Replica {
    return this.machine(number).replica;
  }

  /** The keys of the operations in the replica's log, and those that it has executed. */
  keys(number: number): { readonly log: string; readonly executed: string } {
    const { log, commitNumber } = this.replica(number);
    const keys = log.entriesAfter(0).map(({ operation }) => Object(operation).key);
    return { log: keys.join(' '), executed: keys.slice(0, commitNumber).join(' ') };
  }

  client(name: string): vr.Client {
    return this.clients.get(name) ?? this.newClient(name, 0);
  }

  newClient(name: string, incarnation: number): vr.Client {
    const client = vr.createClient(this.configuration, name, incarnation);
    this.clients.set(name, client);
    return client;
  }

  /** The client asks for an operation. A key alone means: set this key to 1. */
  ask(name: string, what: string | vr.KeyValueOperation): readonly Output[] {
    const operation = typeof what === 'string' ? { type: 'set', key: what, value: 1 } : what;
    return this.clientInput(name, { type: 'request', operation });
  }

  /** The client's retry timer fires. */
  retry(name: string): readonly Output[] {
    return this.clientInput(name, { type: 'timer' });
  }

  fire(number: number, timer: vr.Timer): readonly Output[] {
    if (!this.machine(number).timers.delete(timer)) throw new Error(`${timer} is not armed at ${number}.`);
    return this.input(number, { type: 'timer', timer });
  }

  /** A timer fires that is no longer armed: it was due just when it was stopped. */
  fireLate(number: number, timer: vr.Timer): readonly Output[] {
    if (this.machine(number).timers.has(timer)) throw new Error(`${timer} is armed at ${number}.`);
    return this.input(number, { type: 'timer', timer });
  }

  /** The letters of this type on their way, oldest first. */
  find(type: Kind, which: Which = {}): readonly Letter[] {
    return this.letters.filter(
      ({ from, to, message }) =>
        message.type === type && (which.from ?? from) === from && (which.to ?? to) === to,
    );
  }

  /** Delivers the oldest such letter, and yields what its receiver put out. */
  deliver(type: Kind, which: Which = {}): readonly Output[] {
    const [letter] = this.find(type, which);
    if (letter === undefined) throw new Error(`No ${type} ${JSON.stringify(which)} is on its way.`);
    this.letters = this.letters.filter((other) => other !== letter);
    return this.hand(letter);
  }

  /** Hands a letter over, which may be a copy of one that arrived before. */
  hand({ to, message }: Letter): readonly Output[] {
    if (message.type === 'REPLY' || message.type === 'EVICTED')
      return this.clientInput(String(to), { type: 'message', message });
    if (!this.machine(Number(to)).isUp) return [];
    const reading = this.readings[Number(to)];
    return this.input(Number(to), { type: 'message', message, ...(reading && { reading }) });
  }

  /** Takes such letters off the network, and yields them: they are lost, or late if they are handed over after all. */
  lose(type?: Kind, which: Which = {}): readonly Letter[] {
    const lost = type === undefined ? this.letters : this.find(type, which);
    this.letters = this.letters.filter((letter) => !lost.includes(letter));
    return lost;
  }

  /** Delivers everything, oldest first, until nothing is left. What `without` would send or receive is lost. */
  run({ without = [] }: { readonly without?: readonly number[] } = {}): void {
    for (let [next] = this.letters; next !== undefined; [next] = this.letters) {
      const { from, to } = next;
      this.letters = this.letters.slice(1);
      if (!without.some((number) => number === from || number === to)) this.hand(next);
    }
  }

  /** Everything that the replica wrote becomes durable. */
  sync(number: number): readonly Output[] {
    const machine = this.machine(number);
    machine.image = vr.readBack(machine.image, machine.unsynced);
    machine.unsynced = [];
    return this.input(number, { type: 'durable', write: machine.lastWrite });
  }

  crash(number: number): void {
    this.machine(number).isUp = false;
    this.machine(number).timers.clear();
  }

  /** The machine comes back. Of the records that were not durable it finds the first `survivors` all the same. */
  restart(number: number, survivors = 0): readonly Output[] {
    const machine = this.machine(number);
    const stored: vr.Stored = { image: machine.image, records: machine.unsynced.slice(0, survivors) };
    machine.image = vr.readBack(stored.image, stored.records);
    machine.unsynced = [];
    machine.isUp = true;
    machine.replica = vr.createReplica(this.configuration, number);
    machine.incarnation++;
    return this.input(number, { type: 'restart', stored, incarnation: machine.incarnation });
  }

  private input(number: number, input: vr.Input): readonly Output[] {
    const machine = this.machine(number);
    const outputs = vr.step(machine.replica, input);
    for (const output of outputs) {
      if (output.type === 'send') this.send(number, output.to, output.message);
      else if (output.type === 'reply') this.send(number, nameOf(output.message.clientId), output.message);
      else if (output.type === 'alarm') this.alarms.push(output.reason);
      else if (output.type === 'timer') setTimer(machine, output.timer, output.delay);
      else if (output.type === 'write') {
        machine.unsynced.push(...output.records);
        machine.lastWrite = output.write;
      }
    }
    if (machine.unsynced.length === 0 || this.syncs === 'by hand') return outputs;
    return [...outputs, ...this.sync(number)];
  }

  private clientInput(name: string, input: vr.ClientInput): readonly Output[] {
    const outputs = vr.clientStep(this.client(name), input);
    for (const output of outputs) {
      if (output.type === 'send') this.send(name, output.to, output.message);
      else if (output.type === 'answered') this.answers.push(output.result);
    }
    return outputs;
  }

  private send(from: number | string, to: number | string, message: Letter['message']): void {
    this.letters = [...this.letters, { from, to, message }];
  }
}

function setTimer({ timers }: Machine, timer: vr.Timer, delay: number): void {
  if (delay > 0) timers.set(timer, delay);
  else timers.delete(timer);
}

function nameOf(clientId: string): string {
  return clientId.slice(0, clientId.lastIndexOf('/'));
}

/** Why the input changed nothing: its receiver's words. */
export function reasonOf(outputs: readonly Output[]): string | undefined {
  for (const output of outputs) {
    if (output.type === 'dropped' || output.type === 'refused') return output.reason;
  }
  return undefined;
}
