import { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import type { LinkFaults } from '../faults.ts';
import { Meter } from '../meter.ts';
import type { NetworkConditions } from '../networkConditions.ts';
import { areConnected, type Groups } from '../partitions.ts';
import { Link, type LinkCounts } from './link.ts';

interface Way {
  readonly from: number;
  readonly to: number;
  readonly link: Link;
}

/** The links between servers, one for each who calls another. */
export class Links implements LinkFaults {
  readonly counts: LinkCounts = { connections: 0, broken: 0, pieces: 0, bytes: 0 };
  private readonly ways: readonly Way[];
  private readonly ports: readonly number[];
  private readonly meter: Meter;

  /** `ports`: where the servers listen. */
  constructor(ports: readonly number[], networkConditions: NetworkConditions, clock: Clock) {
    const { counts } = this;
    this.ports = ports;
    this.meter = new Meter(clock);
    this.ways = ports.flatMap((_, from) =>
      ports.flatMap((port, to) => {
        if (from === to) return [];
        const chance = new Chance(networkConditions.seed, `link: ${from} to ${to}`);
        const onPassed = (isAnswer: boolean, bytes: number): void =>
          this.meter.note(isAnswer ? to : from, bytes);
        return [{ from, to, link: new Link({ port, networkConditions, chance, clock, counts, onPassed }) }];
      }),
    );
  }

  /** Begins to listen everywhere. Yields, for each server, the ports at which it reaches all, and its own. */
  async open(): Promise<readonly (readonly number[])[]> {
    const reached = this.ports.map(() => [...this.ports]);
    await Promise.all(
      this.ways.map(async ({ from, to, link }) => {
        const port = await link.open();
        const row = reached[from];
        if (row !== undefined) row[to] = port;
      }),
    );
    return reached;
  }

  /** From now on, only servers of a same group hear each other. */
  partition(groups: Groups): void {
    for (const { from, to, link } of this.ways) {
      if (areConnected(groups, from, to)) link.mend();
      else link.cut();
    }
  }

  heal(): void {
    for (const { link } of this.ways) link.mend();
  }

  busiest(): number | undefined {
    return this.meter.busiest();
  }

  async close(): Promise<void> {
    await Promise.all(this.ways.map(({ link }) => link.close()));
  }
}
