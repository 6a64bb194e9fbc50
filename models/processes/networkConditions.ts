import { type Chance, exponential } from './chance.ts';

/** How latencies are spread about their mean. */
export const distributions = ['constant', 'uniform', 'exponential', 'pareto'] as const;
export type Distribution = (typeof distributions)[number];

/** The exponent of Pareto's distribution: the smaller, the more there are that come very late. */
const tail = 1.25;

/** What the links between nodes are like. */
export interface NetworkConditions {
  readonly seed: number;
  /** Milliseconds on average. */
  readonly latency: number;
  readonly distribution: Distribution;
  /** How likely a message is lost, and how likely it arrives twice, from 0 to 1. Over TCP the connection is lost with it. */
  readonly loss: number;
  readonly duplication: number;
}

/** How long the next message takes, in milliseconds. */
export function latencyIn({ latency, distribution }: NetworkConditions, chance: Chance): number {
  const fraction = chance.fraction();
  switch (distribution) {
    case 'constant':
      return latency;
    case 'uniform':
      return 2 * latency * fraction;
    case 'exponential':
      return exponential(latency, fraction);
    case 'pareto':
      // With a tail this heavy two of three take less than half the mean, and one of a hundred more than eight times it.
      return latency * (1 - 1 / tail) * (1 - fraction) ** (-1 / tail);
  }
}
