import { keyValueService } from '../../../impl/index.ts';
import { type Cluster, clusterStatus } from '../../../impl/node/index.ts';
import { Chance } from '../chance.ts';
import { type Clock, sleep } from '../clock.ts';
import type { ClusterClients } from '../tcp/clusterClients.ts';
import { normalServers } from '../tcp/normalServers.ts';
import { Clients } from '../test/clients.ts';
import { HistoryRecorder } from '../test/historyRecorder.ts';
import { linKv } from '../workload/linKv.ts';
import type { WorkloadOperation } from '../workload/workload.ts';
import { type LinkFaultKind, leavesMajority, linkFaults } from './linkFaults.ts';
import type { NamespaceNetwork } from './namespaceNetwork.ts';

/** What is run. */
export interface NamespaceSettings {
  readonly seed: number;
  readonly faults: readonly LinkFaultKind[];
  /** How long each of them lasts, in milliseconds, each time. */
  readonly durations: readonly number[];
  readonly clients: number;
  /** Operations that begin in a second. */
  readonly rate: number;
  readonly keys: number;
}

/** What came of one fault. Times are milliseconds. */
export interface FaultRound {
  readonly fault: LinkFaultKind;
  readonly duration: number;
  /** The longest time without an answer while it lasted, from its begin to the answer. Null if no majority was connected. */
  readonly longestGap: number | null;
  /** From its end until any client was answered, and until each was. */
  readonly untilAny: number;
  readonly untilAll: number;
  /** From its end until all servers were normal. */
  readonly untilNormal: number;
}

/** Milliseconds after a fault in which all must be well again; the test goes on after that. */
const returnLimit = 60_000;
/** Milliseconds without faults after each. */
const rest = 3_000;

/** Clients work while the links of servers fail, one fault after the other. */
export class NamespaceTest {
  readonly history: HistoryRecorder;
  readonly rounds: FaultRound[] = [];
  /** What the test does now, in a few words. */
  phase = 'start';
  private readonly settings: NamespaceSettings;
  private readonly cluster: Cluster;
  private readonly network: NamespaceNetwork;
  private readonly clock: Clock;
  private readonly clients: Clients;
  private readonly operations: Iterator<WorkloadOperation>;
  private readonly pace: Chance;
  private isOver = false;

  constructor(
    settings: NamespaceSettings,
    cluster: Cluster,
    network: NamespaceNetwork,
    access: ClusterClients,
    clock: Clock,
  ) {
    const { seed, clients, keys } = settings;
    this.settings = settings;
    this.cluster = cluster;
    this.network = network;
    this.clock = clock;
    this.history = new HistoryRecorder(clock);
    this.clients = new Clients(clients, access, this.history);
    this.operations = linKv(keys, 0).operations(new Chance(seed, 'operations'))[Symbol.iterator]();
    this.pace = new Chance(seed, 'pace');
  }

  /** Runs to the end. Rejects with the signal's reason as soon as the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const load = this.load(signal);
    // It is awaited at the end.
    load.catch(() => undefined);
    try {
      await sleep(this.clock, rest, signal);
      for (const duration of this.settings.durations)
        for (const fault of this.settings.faults) {
          this.rounds.push(await this.round(fault, duration, signal));
          await sleep(this.clock, rest, signal);
        }
      this.phase = 'final reads';
      this.isOver = true;
      await load;
      for (const operation of linKv(this.settings.keys, 0).final) await this.clients.perform(operation);
      await this.clients.idle();
    } finally {
      this.isOver = true;
      this.clients.stop();
      await load.catch(() => undefined);
    }
  }

  private async round(fault: LinkFaultKind, duration: number, signal: AbortSignal): Promise<FaultRound> {
    const { clock, network, cluster, clients } = this;
    this.phase = `${fault} for ${duration / 1000} s`;
    const primary = await this.primary();
    const from = clock.now();
    await linkFaults[fault](network, { primary, all: cluster.addresses.map((_, server) => server) });
    const begun = clock.now();
    await sleep(clock, duration - (begun - from), signal);
    await network.heal();
    const until = clock.now();
    this.phase = `after ${fault}`;
    clients.served.clear();
    const end = until + returnLimit;
    let untilNormal = Number.POSITIVE_INFINITY;
    const normal = this.untilNormal(end, signal).then((at) => {
      untilNormal = at - until;
    });
    normal.catch(() => undefined);
    let untilAll = Number.POSITIVE_INFINITY;
    while (untilAll === Number.POSITIVE_INFINITY && clock.now() < end) {
      if (clients.served.size === this.settings.clients) untilAll = clock.now() - until;
      else await sleep(clock, 10, signal);
    }
    await normal;
    const answers = this.answers();
    const during = [begun, ...answers.filter((at) => at > begun && at < until), until];
    const gaps = during.map((at, place) => at - (during[place - 1] ?? at));
    return {
      ...{ fault, duration, untilAll, untilNormal },
      longestGap: leavesMajority(fault) ? Math.max(...gaps) : null,
      untilAny: (answers.find((at) => at >= until) ?? Number.POSITIVE_INFINITY) - until,
    };
  }

  /** The times of all answers. */
  private answers(): readonly number[] {
    return this.history.events.flatMap(({ type, time }) => (type === 'ok' ? [time / 1e6] : []));
  }

  private async untilNormal(end: number, signal: AbortSignal): Promise<number> {
    while (this.clock.now() < end) {
      signal.throwIfAborted();
      if (!(await normalServers(this.cluster, 1_000)).includes(false)) return this.clock.now();
      await sleep(this.clock, 50, signal);
    }
    return Number.POSITIVE_INFINITY;
  }

  private async primary(): Promise<number> {
    const reports = await clusterStatus(this.cluster, keyValueService, 5_000);
    const normal = reports.flatMap((report) =>
      report.type === 'status' && report.status === 'normal' && report.role === 'primary' ? [report] : [],
    );
    const [latest] = normal.toSorted((one, other) => other.viewNumber - one.viewNumber);
    return latest?.replicaNumber ?? 0;
  }

  /** Begins operations at the rate, while a client is free. */
  private async load(signal: AbortSignal): Promise<void> {
    const { clients, clock, operations, pace, settings } = this;
    while (!this.isOver) {
      await sleep(clock, (2 * pace.fraction() * 1_000) / settings.rate, signal);
      if (clients.areBusy) continue;
      const next = operations.next();
      if (next.done === true) return;
      void clients.perform(next.value);
    }
  }
}
