import { quantile } from '../../quantile.ts';

/** Somebody who asks for one thing after the other. */
export type ClosedLoopClient = (serial: number) => Promise<unknown>;

/** What came of a load. */
export interface LoadFigures {
  readonly operationsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Has all clients ask for so many milliseconds, each for one thing at a time, and leaves out the first part of it. */
export async function loadOf(clients: readonly ClosedLoopClient[], duration: number): Promise<LoadFigures> {
  const begin = performance.now();
  const counted = begin + duration / 4;
  const end = begin + duration;
  const took: number[] = [];
  await Promise.all(
    clients.map(async (client) => {
      for (let serial = 0; performance.now() < end; serial++) {
        const asked = performance.now();
        await client(serial);
        const answered = performance.now();
        if (asked >= counted && answered <= end) took.push(answered - asked);
      }
    }),
  );
  return {
    operationsPerSecond: (1000 * took.length) / (end - counted),
    p50: quantile(took, 0.5),
    p99: quantile(took, 0.99),
  };
}
