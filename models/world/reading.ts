import type { Predicted } from '../../impl/index.ts';

/**
 * The time and the random number that replica `number` always reads: another on each machine. Replica 0's
 * clock is the furthest behind, and each other clock is behind the one before it. So a new primary's clock is
 * often behind the last one's.
 */
export function readingOf(replicas: number, number: number): Predicted {
  return { time: (replicas - number) % replicas, random: number };
}
