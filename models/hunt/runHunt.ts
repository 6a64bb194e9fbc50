import { setImmediate } from 'node:timers/promises';
import type { Failure, Hunt } from './hunt.ts';

/** When a hunt has had enough: whichever of the two comes first. */
export interface HuntLimits {
  readonly seconds: number;
  readonly runs: number;
}

/** How a hunt ended. */
export type Ending =
  | { readonly type: 'found'; readonly failure: Failure }
  | { readonly type: 'exhausted' }
  | { readonly type: 'interrupted' };

const schedulesInBatch = 25;

/**
 * Lets a hunt run batch after batch, until it finds something, reaches a limit, or is interrupted. Between batches it
 * tells how far it came, and lets signals through.
 */
export async function runHunt(
  hunt: Hunt,
  { seconds, runs }: HuntLimits,
  progress: (seconds: number) => void,
  interrupted: () => boolean,
): Promise<Ending> {
  const start = performance.now();
  for (;;) {
    const elapsed = (performance.now() - start) / 1000;
    const left = runs - hunt.totals.schedules;
    if (interrupted()) return { type: 'interrupted' };
    if (elapsed >= seconds || left <= 0) return { type: 'exhausted' };
    const failure = hunt.batch(Math.min(schedulesInBatch, left));
    if (failure !== undefined) return { type: 'found', failure };
    progress((performance.now() - start) / 1000);
    await setImmediate();
  }
}
