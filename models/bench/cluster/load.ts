import { quantile } from '../../quantile.ts';

/** A client that sends one request at a time. Resolves when the request with this serial number is answered. */
export type ClosedLoopClient = (serial: number) => Promise<unknown>;

/** The figures of a load. */
export interface LoadFigures {
  readonly operationsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Lets all clients send requests for `duration` milliseconds. The figures leave out the first quarter. */
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
