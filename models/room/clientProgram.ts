import type { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import type { Cluster } from '../../impl/node/cluster/cluster.ts';
import type { Json } from '../../impl/tree/json.ts';
import type { HistoryEvent } from '../histories/events/event.ts';
import type { Machine, RoomProcess } from './machine.ts';
import type { RoomNetwork } from './network.ts';
import type { Shell } from './shell.ts';

/** The history that all clients of a run write together. */
export class SharedHistory {
  readonly events: HistoryEvent[] = [];
  /** How many requests ended in each way. */
  readonly counts = new Map<string, number>();
  /** What no request may end in. */
  readonly wrong: string[] = [];
  private processes = 0;
  private values = 0;

  /** A new process of the history: it performs one operation at a time, until one has no known outcome. */
  newProcess(): number {
    return this.processes++;
  }

  newValue(): number {
    return ++this.values;
  }

  record(event: Omit<HistoryEvent, 'index'>): void {
    this.events.push({ ...event, index: this.events.length });
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

/** What a client is asked to do. */
export interface RoomOperation {
  readonly f: 'read' | 'write' | 'cas';
  readonly key: string;
  readonly argument: Json;
}

/** Ticks for which a key is used: the more requests of unknown outcome a key has, the longer its history is checked. */
const keyTicks = 400;
/** The longest deadline of a request, in ticks. */
const mostTicks = 400;
/** When a request must have ended at the latest, in milliseconds in which its process ran; and when it began. */
interface Due {
  readonly at: number;
  readonly asked: number;
}

/** Milliseconds by which a request may end after its deadline. */
export const mostOverdue = 100;
/** How many keys are used at a time. */
const keys = 2;

/**
 * A program that uses the client library as people do: some of its parts make requests side by side, on few keys, with short and with
 * long deadlines, and pause between.
 */
export class ClientProgram {
  readonly machine: Machine;
  readonly process: RoomProcess;
  readonly client: ClusterClient;
  private readonly history: SharedHistory;
  private readonly pause: number;
  private readonly tick: number;
  private readonly keySuffix: string;
  /** Of each request that is under way. */
  private readonly due = new Map<number, Due>();
  private isStopped = false;

  constructor(
    machine: Machine,
    { shell, network, cluster, parts: most, pause, keyChars }: ProgramEnvironment,
    history: SharedHistory,
  ) {
    this.machine = machine;
    this.history = history;
    this.pause = pause;
    this.tick = cluster.tick;
    this.keySuffix = '.'.repeat(keyChars);
    this.process = machine.start();
    const { clock, random } = this.process;
    const platform = { clock, random, network: network.seenBy(this.process) };
    this.client = new shell.ClusterClient(cluster, {}, platform);
    const parts = 1 + machine.chance.below(most);
    for (let part = 0; part < parts; part++) void this.work();
  }

  /** Makes no more requests. */
  stop(): void {
    this.isStopped = true;
  }

  /** How long a request is overdue that should have ended by its deadline, in milliseconds; 0 if none is. */
  get overdue(): number {
    return Math.max(0, ...[...this.due.values()].map((due) => this.lateness(due)));
  }

  /** Performs one operation. Yields its result; undefined if it has none. */
  async perform(process: number, operation: RoomOperation, deadline: number): Promise<Json | undefined> {
    const { f, key, argument } = operation;
    const { history } = this;
    const record = (type: HistoryEvent['type'], value: Json): void => {
      const time = Math.round(this.machine.time.now * 1e6);
      history.record({ time, process, type, f, value: [key, value] });
      history.count(`${f} ${type}`);
    };
    record('invoke', argument);
    const due = { at: this.process.ran + deadline, asked: this.machine.time.now };
    this.due.set(process, due);
    try {
      const result = await this.client.request(serviceOperation(operation, key + this.keySuffix), {
        deadline,
      });
      if (f === 'cas' && result !== true) record('fail', argument);
      else record('ok', f === 'read' ? result : argument);
      return result;
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name === 'NotExecutedError') record('fail', argument);
      else {
        record('info', argument);
        if (name !== 'MaybeExecutedError') history.wrong.push(`a request ended with ${String(error)}`);
      }
      return undefined;
    } finally {
      this.due.delete(process);
      const late = this.lateness(due);
      if (late > mostOverdue)
        history.wrong.push(
          `a request of ${this.machine.name} ended ${late.toFixed(0)} ms after its deadline`,
        );
    }
  }

  /** A timer that was set before the speed of the clocks has changed goes on at the earlier one. */
  private lateness({ at, asked }: Due): number {
    return asked < this.machine.speedChanged ? 0 : this.process.ran - at;
  }

  private async work(): Promise<void> {
    const { chance, time } = this.machine;
    let process = this.history.newProcess();
    const seen = new Map<string, Json>();
    while (!this.isStopped) {
      await this.sleep(1 + chance.fraction() * 2 * this.pause);
      if (this.isStopped) return;
      const key = `k${Math.floor(time.now / (keyTicks * this.tick))}-${chance.below(keys)}`;
      const kind = chance.below(5);
      const value = this.history.newValue();
      const operation: RoomOperation =
        kind < 2
          ? { f: 'read', key, argument: null }
          : kind < 4
            ? { f: 'write', key, argument: value }
            : { f: 'cas', key, argument: [seen.get(key) ?? null, value] };
      const deadline = this.tick * (chance.below(4) === 0 ? 1 + chance.fraction() * 20 : mostTicks);
      const result = await this.perform(process, operation, deadline);
      if (result === undefined) process = this.history.newProcess();
      else if (operation.f === 'read') seen.set(key, result);
    }
  }

  private sleep(wait: number): Promise<void> {
    return new Promise((resolve) => this.process.clock.after(wait, resolve));
  }
}

/** What a program runs with. */
export interface ProgramEnvironment {
  readonly shell: Shell;
  readonly network: RoomNetwork;
  readonly cluster: Cluster;
  /** How many parts of a client make requests side by side, at most. */
  readonly parts: number;
  /** Milliseconds between two requests of a part, in the mean. */
  readonly pause: number;
  /** How many characters are added to each key. */
  readonly keyChars: number;
}

function serviceOperation({ f, argument }: RoomOperation, key: string): Json {
  if (f === 'read') return { type: 'get', key };
  if (f === 'write') return { type: 'set', key, value: argument };
  const [expected = null, value = null] = Array.isArray(argument) ? argument : [];
  return { type: 'compare-and-set', key, expected, value };
}
