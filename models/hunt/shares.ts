import type { Random } from 'fast-check';
import type { Tally } from '../checking/coverage/tally.ts';

/** This part of the time is divided evenly, so that every combination is drawn again. */
const evenPart = 0.5;

/**
 * How a hunt divides its time among its combinations of group and fault profile: half of it evenly, and half
 * by reward. A run is rewarded for every pair of coverage marks that it reached, and the more the fewer runs
 * reached that pair before.
 */
export class Shares {
  /**
   * By combination: the rewards of its runs, and their events. Each begins with one run, so that none comes
   * first.
   */
  private readonly rewards: number[];
  private readonly costs: number[];
  /** By pair of coverage marks: how many runs have reached both. */
  private readonly runs = new Map<number, number>();

  constructor(combinations: number) {
    this.rewards = Array.from({ length: combinations }, () => 1);
    this.costs = Array.from({ length: combinations }, () => eventsOfARun);
  }

  /** Rewards a combination for a run that reached these coverage marks in this many events. */
  reward(combination: number, { counts }: Tally, events: number): void {
    const reached = counts.flatMap((count, coverageMark) => (count > 0 ? [coverageMark] : []));
    let sum = 0;
    for (const one of reached) {
      for (const other of reached) {
        if (other > one) continue;
        const pair = one * counts.length + other;
        const before = this.runs.get(pair) ?? 0;
        this.runs.set(pair, before + 1);
        sum += 1 / (1 + before);
      }
    }
    this.rewards[combination] = (this.rewards[combination] ?? 0) * discount + sum;
    this.costs[combination] = (this.costs[combination] ?? 0) * discount + events;
  }

  /** A function that draws the index of a combination, by the present rewards. */
  sampler(): (random: Random) => number {
    const rates = this.rewards.map((reward, combination) => reward / (this.costs[combination] ?? 1));
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    const ends: number[] = [];
    for (const rate of rates)
      ends.push((ends.at(-1) ?? 0) + evenPart / rates.length + ((1 - evenPart) * rate) / total);
    return (random) => {
      const chance = random.nextInt(0, 0xffff) / 0x10000;
      const index = ends.findIndex((end) => chance < end);
      return index < 0 ? ends.length - 1 : index;
    };
  }
}

/** The events of a run of usual length, roughly. */
const eventsOfARun = 300;

/** The factor by which each further run of a combination discounts its earlier rewards. */
const discount = 0.95;
