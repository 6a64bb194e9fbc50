import type { Predicted } from '../../impl/index.ts';

/**
 * What each machine's clock shows at first, in milliseconds. Replica 0's clock is the furthest behind, and
 * each other clock is behind the one before it. So a new primary's clock is often behind the last one's. A
 * clock stands still until an event `clock` sets it.
 */
export function firstClocks(replicas: number): readonly number[] {
  return Array.from({ length: replicas }, (_, number) => firstClock(replicas, number));
}

/** What the clock of this replica's machine shows at first. */
export function firstClock(replicas: number, number: number): number {
  return (replicas - number) % replicas;
}

/** The time and the random number that a replica reads when the machines' clocks show this. Each machine's random number is another. */
export function readingOf(clocks: readonly number[], replica: number): Predicted {
  return { time: clocks[replica] ?? 0, random: replica };
}
