import type { Json } from '../../impl/index.ts';
import { Chance } from './chance.ts';
import { Chronicle } from './chronicle.ts';
import { Clients } from './clients.ts';
import { type Clock, sleep } from './clock.ts';
import { type Faults, Nemesis, nameOf } from './faults.ts';
import { type Message, NodeFailure, shortened } from './message.ts';
import { type Fate, type Journal, Network, type Weather } from './network.ts';
import type { Nodes } from './nodes.ts';
import type { Fault } from './plan.ts';
import type { Operation, Workload } from './workload.ts';

/** What is tried. Times are in milliseconds. */
export interface Settings {
  readonly seed: number;
  readonly nodes: number;
  /** How many clients there are. */
  readonly concurrency: number;
  /** How many operations begin in a second, on average. */
  readonly rate: number;
  /** How long there are operations and faults. */
  readonly duration: number;
  /** How long the service may take to answer again when all faults have ended. */
  readonly recovery: number;
  readonly weather: Weather;
  readonly workload: Workload;
  readonly plan: readonly Fault[];
}

/** How far a trial has come. */
export type Phase = 'faults' | 'recovery' | 'final' | 'over';

/** Operations that are late may catch up with so many milliseconds, and the rest is let go. */
const mostLate = 100;
/** Milliseconds between attempts at the same final operation. */
const breath = 100;

/** Clients and a nemesis at work with nodes, which may be real or not. */
export class Trial {
  phase: Phase = 'faults';
  /** Whether any node answered ok after all faults had ended. */
  hasRecovered = false;
  /** The final operations that never were answered ok. */
  unanswered: readonly Operation[] = [];
  readonly clients: Clients;
  readonly chronicle: Chronicle;
  readonly network: Network;
  readonly nemesis: Nemesis;
  /** Messages from and to clients. */
  clientMessages = 0;
  /** Of the nodes. */
  private readonly names: readonly string[];
  private readonly operations: Iterator<Operation>;
  private readonly pace: Chance;
  private readonly settings: Settings;
  private readonly clock: Clock;
  private readonly journal: Journal;

  constructor(settings: Settings, clock: Clock, nodes: Nodes, journal: Journal) {
    const { seed, workload, weather } = settings;
    this.settings = settings;
    this.names = Array.from({ length: settings.nodes }, (_, node) => nameOf(node));
    this.clock = clock;
    this.journal = journal;
    this.operations = workload.operations(new Chance(seed, 'operations'))[Symbol.iterator]();
    this.pace = new Chance(seed, 'pace');
    this.chronicle = new Chronicle(clock);
    this.network = new Network(weather, clock, (node, line) => nodes.deliver(node, line), journal);
    this.nemesis = new Nemesis(settings.plan, faultsWith(nodes, this.network), clock);
    const access = {
      isReady: (node: number) => nodes.isReady(node),
      send: (node: number, line: string) => {
        this.noteClient('sent', line);
        this.noteClient(nodes.deliver(node, line) ? 'delivered' : 'undelivered', line);
      },
    };
    this.clients = new Clients(
      settings.concurrency,
      settings.nodes,
      workload.timeout,
      access,
      clock,
      this.chronicle,
    );
  }

  /**
   * Passes on what a node sent: to another node over the link between the two, in whosever name it is; to a client at
   * once and for certain, for a client is as if it were beside every node. Throws a `NodeFailure` if nobody has the name
   * to which, or in which, it is sent.
   */
  receive(node: number, { src, dest, body, line }: Message): void {
    const to = this.names.indexOf(dest);
    if (!this.isKnown(src))
      throw new NodeFailure(
        `${nameOf(node)} sent a message in the name of '${shortened(src)}', and there is no such node.`,
      );
    if (!this.isKnown(dest))
      throw new NodeFailure(
        `${nameOf(node)} sent a message to '${shortened(dest)}', and there is no such node.`,
      );
    if (to >= 0) return this.network.send(node, to, line);
    this.noteClient('sent', line);
    this.noteClient('delivered', line);
    this.clients.receive(dest, nameOf(node), body);
  }

  /** Runs from beginning to end. Rejects with the reason of the signal as soon as that is given. */
  async run(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    );
    try {
      signal.throwIfAborted();
      await Promise.race([this.phases(signal), aborted]);
    } finally {
      this.clients.stop();
    }
  }

  private async phases(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const end = clock.now() + settings.duration;
    const tell = (f: string, value: Json): void =>
      this.chronicle.add({ process: 'nemesis', type: 'info', f, value });
    await Promise.all([this.nemesis.run(tell, signal), this.load(() => clock.now() >= end, signal)]);
    this.phase = 'recovery';
    await this.recover(signal);
    this.phase = 'final';
    await this.finish(signal);
    await clients.idle();
    this.phase = 'over';
  }

  /** Begins operations at their times, or as soon after as a client is free. */
  private async load(isOver: () => boolean, signal: AbortSignal): Promise<void> {
    const { clock, clients } = this;
    for (let due = clock.now(); ; ) {
      due = Math.max(due + this.gap(), clock.now() - mostLate);
      if (due > clock.now()) await sleep(clock, due - clock.now(), signal);
      await clients.free();
      signal.throwIfAborted();
      const next = this.operations.next();
      if (isOver() || next.done === true) return;
      void clients.perform(next.value);
    }
  }

  /** Milliseconds from one operation to the next. */
  private gap(): number {
    return (2 * this.pace.fraction() * 1000) / this.settings.rate;
  }

  /** Waits until every node that has a client has answered ok, or as long as one may wait. */
  private async recover(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const { served } = clients;
    served.clear();
    const end = clock.now() + settings.recovery;
    const asked = Math.min(settings.nodes, settings.concurrency);
    await this.load(() => served.size === asked || clock.now() >= end, signal);
    this.hasRecovered = served.size > 0;
  }

  /** Does each final operation until it is answered ok, by one node or another. */
  private async finish(signal: AbortSignal): Promise<void> {
    const { clock, clients, settings } = this;
    const end = clock.now() + settings.recovery;
    const unanswered: Operation[] = [];
    for (const operation of settings.workload.final) {
      for (;;) {
        const { type } = await clients.perform(operation);
        signal.throwIfAborted();
        if (type === 'ok') break;
        if (clock.now() >= end) {
          unanswered.push(operation);
          break;
        }
        await sleep(clock, breath, signal);
      }
    }
    this.unanswered = unanswered;
  }

  private isKnown(name: string): boolean {
    return this.names.includes(name) || this.clients.has(name);
  }

  private noteClient(fate: Fate, line: string): void {
    if (fate === 'sent') this.clientMessages += 1;
    this.journal(fate, line);
  }
}

function faultsWith(nodes: Nodes, network: Network): Faults {
  return {
    kill: (node) => nodes.kill(node),
    restart: (node) => nodes.restart(node),
    pause: (node) => nodes.pause(node),
    resume: (node) => nodes.resume(node),
    partition: async (groups) => network.partition(groups),
    heal: async () => network.heal(),
  };
}
