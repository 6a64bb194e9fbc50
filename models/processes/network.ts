import { Chance } from './chance.ts';
import type { Clock } from './clock.ts';
import type { LinkFaults } from './faults.ts';
import { Meter } from './meter.ts';
import { latencyIn, type NetworkConditions } from './networkConditions.ts';
import { areConnected, type Groups } from './partitions.ts';

/** What became of a message. `cut`: a partition was in its way; `undelivered`: nobody was there to take it. */
export type Fate = 'sent' | 'delivered' | 'lost' | 'duplicated' | 'cut' | 'undelivered';

/** Where every message is noted down. */
export type Journal = (fate: Fate, line: string) => void;

/** Gives a line to a node. False if it is down. */
export type Deliver = (node: number, line: string) => boolean;

/**
 * The links between nodes. What becomes of the k-th message on a link depends on the seed alone; only partitions,
 * which come when they come, are looked up when the message is due, as Maelstrom does it. A node's messages to
 * itself do not go over any link: they arrive at once.
 */
export class Network implements LinkFaults {
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
  private readonly meter: Meter;
  private readonly networkConditions: NetworkConditions;
  private readonly clock: Clock;
  private readonly deliver: Deliver;
  private readonly journal: Journal;

  constructor(networkConditions: NetworkConditions, clock: Clock, deliver: Deliver, journal: Journal) {
    this.networkConditions = networkConditions;
    this.clock = clock;
    this.meter = new Meter(clock);
    this.deliver = deliver;
    this.journal = journal;
  }

  /** Sends a line from one node to another. */
  send(from: number, to: number, line: string): void {
    this.note('sent', line);
    if (from === to) return this.arrive(from, to, line);
    const chance = this.chanceOf(from, to);
    // All is drawn for every message, so that one setting does not change what another one does.
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
    if (isDelivered && from !== to) this.meter.note(from, line.length);
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
