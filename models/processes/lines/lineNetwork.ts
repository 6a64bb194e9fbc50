import { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { LinkFaults } from '../faults/faults.ts';
import { areConnected, type Groups } from '../faults/partitions.ts';
import { latencyIn, type NetworkConditions } from '../network/networkConditions.ts';
import { TrafficMeter } from '../network/trafficMeter.ts';

/** What happened to a message. `cut`: a partition blocked it; `undelivered`: the receiver was down. */
export type Fate = 'sent' | 'delivered' | 'lost' | 'duplicated' | 'cut' | 'undelivered';

/** Records what happens to each message. */
export type MessageJournal = (fate: Fate, line: string) => void;

/** Delivers a line to a node. Returns false if the node is down. */
type DeliverLine = (node: number, line: string) => boolean;

/**
 * The links between nodes. Loss, duplication and latency of the k-th message on a link depend on the seed alone. Partitions
 * apply when a message arrives, as in Maelstrom. A node's messages to itself arrive at once and are never lost.
 */
export class LineNetwork implements LinkFaults {
  readonly counts: Record<Fate, number> = {
    sent: 0,
    delivered: 0,
    lost: 0,
    duplicated: 0,
    cut: 0,
    undelivered: 0,
  };
  private groups: Groups | undefined;
  private readonly links = new Map<string, Chance>();
  private readonly meter: TrafficMeter;
  private readonly networkConditions: NetworkConditions;
  private readonly clock: Clock;
  private readonly deliver: DeliverLine;
  private readonly journal: MessageJournal;

  constructor(
    networkConditions: NetworkConditions,
    clock: Clock,
    deliver: DeliverLine,
    journal: MessageJournal,
  ) {
    this.networkConditions = networkConditions;
    this.clock = clock;
    this.meter = new TrafficMeter(clock);
    this.deliver = deliver;
    this.journal = journal;
  }

  /** Sends a line from one node to another. */
  send(from: number, to: number, line: string): void {
    this.note('sent', line);
    if (from === to) return this.arrive(from, to, line);
    const chance = this.chanceOf(from, to);
    // Every message draws all of these, so that no setting changes the effects of another.
    const isLost = chance.fraction() < this.networkConditions.loss;
    const isDuplicated = chance.fraction() < this.networkConditions.duplication;
    const latencies = [latencyIn(this.networkConditions, chance), latencyIn(this.networkConditions, chance)];
    if (isLost) return this.note('lost', line);
    if (isDuplicated) this.note('duplicated', line);
    for (const latency of isDuplicated ? latencies : latencies.slice(0, 1)) {
      if (latency === 0) this.arrive(from, to, line);
      else this.clock.after(latency, () => this.arrive(from, to, line));
    }
  }

  partition(groups: Groups): void {
    this.groups = groups;
  }

  heal(): void {
    this.groups = undefined;
  }

  busiest(): number | undefined {
    return this.meter.busiest();
  }

  private arrive(from: number, to: number, line: string): void {
    if (this.groups !== undefined && !areConnected(this.groups, from, to)) return this.note('cut', line);
    const isDelivered = this.deliver(to, line);
    if (isDelivered && from !== to) this.meter.add(from, line.length);
    this.note(isDelivered ? 'delivered' : 'undelivered', line);
  }

  private note(fate: Fate, line: string): void {
    this.counts[fate] += 1;
    this.journal(fate, line);
  }

  private chanceOf(from: number, to: number): Chance {
    const link = `${from} to ${to}`;
    const chance = this.links.get(link) ?? new Chance(this.networkConditions.seed, `link: ${link}`);
    this.links.set(link, chance);
    return chance;
  }
}
