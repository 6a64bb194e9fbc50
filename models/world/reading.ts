import type { Predicted } from '../../impl/index.ts';

/**
 * What the clock and the source of chance of replica `number` always show: something else on each machine. The first
 * clock is the furthest behind, and of the others each is behind the one before it, so that many a primary finds that the
 * primary before it was ahead.
 */
export function readingOf(replicas: number, number: number): Predicted {
  return { time: (replicas - number) % replicas, random: number };
}
