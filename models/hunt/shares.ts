import type { Random } from 'fast-check';
import type { Tally } from '../checking/coverage/tally.ts';

/** This part of the time goes to all ways of hunting alike, so that none is ever given up. */
const alike = 0.5;

/**
 * How a hunt divides its time among its ways of hunting: half of it evenly, and half by what has been paying off. A run
 * pays for every two coverage marks that it reached both, the more the fewer runs did so before: what is new pays most.
 */
export class Shares {
  /** By way: what its runs paid, and what they cost in events. One run's worth to begin with, so that none is first. */
  private readonly paid: number[];
  private readonly cost: number[];
  /** By pair of coverage marks: how many runs reached both. */
  private readonly runs = new Map<number, number>();

  constructor(ways: number) {
    this.paid = Array.from({ length: ways }, () => 1);
    this.cost = Array.from({ length: ways }, () => eventsOfARun);
  }

  /** Takes in what a run reached, and how many events it took. */
  pay(way: number, { counts }: Tally, events: number): void {
    const reached = counts.flatMap((count, coverageMark) => (count > 0 ? [coverageMark] : []));
    let pay = 0;
    for (const one of reached) {
      for (const other of reached) {
        if (other > one) continue;
        const pair = one * counts.length + other;
        const before = this.runs.get(pair) ?? 0;
        this.runs.set(pair, before + 1);
        pay += 1 / (1 + before);
      }
    }
    this.paid[way] = (this.paid[way] ?? 0) * memory + pay;
    this.cost[way] = (this.cost[way] ?? 0) * memory + events;
  }

  /** A wheel of chances for the next runs, as things stand. */
  wheel(): (random: Random) => number {
    const rates = this.paid.map((paid, way) => paid / (this.cost[way] ?? 1));
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    const ends: number[] = [];
    for (const rate of rates)
      ends.push((ends.at(-1) ?? 0) + alike / rates.length + ((1 - alike) * rate) / total);
    return (random) => {
      const chance = random.nextInt(0, 0xffff) / 0x10000;
      const way = ends.findIndex((end) => chance < end);
      return way < 0 ? ends.length - 1 : way;
    };
  }
}

/** What a run of the usual length comes to: a rough figure is enough. */
const eventsOfARun = 300;

/** How much of what was paid is remembered with each further run of the way. */
const memory = 0.95;
