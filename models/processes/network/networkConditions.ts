import { type Chance, exponential } from '../chance.ts';

/** The distributions of message latencies. */
export const distributions = ['constant', 'uniform', 'exponential', 'pareto'] as const;
type Distribution = (typeof distributions)[number];

/** The exponent of the Pareto distribution: the smaller, the more messages are very late. */
const tail = 1.25;

/** The conditions of the links between nodes. */
export interface NetworkConditions {
  readonly seed: number;
  /** The mean, in milliseconds. */
  readonly latency: number;
  readonly distribution: Distribution;
  /** Probabilities that a message is lost and that it arrives twice. Over TCP, a loss breaks the connection. */
  readonly loss: number;
  readonly duplication: number;
}

/** Draws the latency of the next message, in milliseconds. */
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
      // With this tail, two of three messages take less than half the mean, and one in a hundred over eight times the mean.
      return latency * (1 - 1 / tail) * (1 - fraction) ** (-1 / tail);
  }
}
