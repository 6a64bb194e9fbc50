import { coverageMarks } from '../checking/coverage/index.ts';
import type { Tally } from '../checking/coverage/tally.ts';
import type { DrawBelow } from './configurations.ts';

/** This part of the time is divided by the weights, so that every option is drawn again. */
const weightedPart = 0.5;

/**
 * How a hunt divides its time among options, such as the combinations of group and fault profile: half of it by their
 * weights, and half by reward.
 */
export class Shares {
  private readonly weights: readonly number[];
  /**
   * By option: the rewards of its runs, and their events. Each begins with one run, so that none comes first.
   */
  private readonly rewards: number[];
  private readonly costs: number[];

  constructor(weights: readonly number[]) {
    this.weights = weights;
    this.rewards = weights.map(() => 1);
    this.costs = weights.map(() => eventsOfARun);
  }

  /** Rewards an option for a run of this many events. */
  add(option: number, reward: number, events: number): void {
    this.rewards[option] = (this.rewards[option] ?? 0) * discount + reward;
    this.costs[option] = (this.costs[option] ?? 0) * discount + events;
  }

  /** A function that draws an option by the weights alone. */
  plainSampler(): (below: DrawBelow) => number {
    return drawnBy(this.weights);
  }

  /** A function that draws an option, by the weights and the present rewards. */
  sampler(): (below: DrawBelow) => number {
    const weights = total(this.weights);
    // An option pays what it yields, as often as it is drawn by its weight.
    const rates = this.rewards.map(
      (reward, option) => ((this.weights[option] ?? 0) * reward) / (this.costs[option] ?? 1),
    );
    const sum = total(rates);
    return drawnBy(
      rates.map(
        (rate, option) =>
          (weightedPart * (this.weights[option] ?? 0)) / weights + ((1 - weightedPart) * rate) / sum,
      ),
    );
  }
}

/** A function that draws an index by these shares. */
export function drawnBy(shares: readonly number[]): (below: DrawBelow) => number {
  const sum = total(shares);
  const ends: number[] = [];
  for (const share of shares) ends.push((ends.at(-1) ?? 0) + share / sum);
  return (below) => {
    const chance = below(0x10000) / 0x10000;
    const index = ends.findIndex((end) => chance < end);
    return index < 0 ? ends.length - 1 : index;
  };
}

/**
 * The rewards of runs: for every pair of coverage marks that a run reached, and the more the fewer runs reached that
 * pair before.
 */
export class Rewards {
  /** By pair of coverage marks: how many runs have reached both. A map takes many times as long, for a thousand pairs of each run. */
  private readonly runs = new Uint32Array(coverageMarks.length ** 2);

  /** The reward of a run that reached these coverage marks. */
  of({ counts }: Tally): number {
    const reached = counts.flatMap((count, coverageMark) => (count > 0 ? [coverageMark] : []));
    let sum = 0;
    for (const one of reached) {
      for (const other of reached) {
        if (other > one) continue;
        const pair = one * counts.length + other;
        const before = this.runs[pair] ?? 0;
        this.runs[pair] = before + 1;
        sum += 1 / (1 + before);
      }
    }
    return sum;
  }
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** The events of a run of usual length, roughly. */
const eventsOfARun = 300;

/** The factor by which each further run of an option discounts its earlier rewards. */
const discount = 0.95;
