import { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { LinkFaults } from '../faults/faults.ts';
import { areConnected, type Groups } from '../faults/partitions.ts';
import type { NetworkConditions } from '../network/networkConditions.ts';
import { TrafficMeter } from '../network/trafficMeter.ts';
import { Link, type LinkCounts } from './link.ts';

interface DirectedLink {
  readonly from: number;
  readonly to: number;
  readonly link: Link;
}

/** The links between servers, one for each ordered pair. */
export class Links implements LinkFaults {
  readonly counts: LinkCounts = { connections: 0, broken: 0, pieces: 0, bytes: 0 };
  private readonly links: readonly DirectedLink[];
  private readonly ports: readonly number[];
  private readonly meter: TrafficMeter;

  /** `ports`: the ports on which the servers listen. */
  constructor(ports: readonly number[], networkConditions: NetworkConditions, clock: Clock) {
    const { counts } = this;
    this.ports = ports;
    this.meter = new TrafficMeter(clock);
    this.links = ports.flatMap((_, from) =>
      ports.flatMap((port, to) => {
        if (from === to) return [];
        const chance = new Chance(networkConditions.seed, `link: ${from} to ${to}`);
        const onForwarded = (isAnswer: boolean, bytes: number): void =>
          this.meter.add(isAnswer ? to : from, bytes);
        return [
          { from, to, link: new Link({ port, networkConditions, chance, clock, counts, onForwarded }) },
        ];
      }),
    );
  }

  /** Opens all links. Resolves with the ports at which each server reaches each other, with its own port in its own place. */
  async open(): Promise<readonly (readonly number[])[]> {
    const reached = this.ports.map(() => [...this.ports]);
    await Promise.all(
      this.links.map(async ({ from, to, link }) => {
        const port = await link.open();
        const row = reached[from];
        if (row !== undefined) row[to] = port;
      }),
    );
    return reached;
  }

  /** From now on, two servers hear each other only if they share a group. */
  partition(groups: Groups): void {
    for (const { from, to, link } of this.links) {
      if (areConnected(groups, from, to)) link.mend();
      else link.cut();
    }
  }

  heal(): void {
    for (const { link } of this.links) link.mend();
  }

  busiest(): number | undefined {
    return this.meter.busiest();
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map(({ link }) => link.close()));
  }
}
