import { setImmediate } from 'node:timers/promises';
import type { Failure, Hunt } from './hunt.ts';

/** The limits of a hunt: it ends at the first that it reaches. */
export interface HuntLimits {
  readonly seconds: number;
  readonly runs: number;
}

/** What a hunt is run by. */
export type Hunting = Pick<Hunt, 'batch' | 'totals'>;

/** How a hunt ended. */
export type Ending =
  | { readonly type: 'found'; readonly failure: Failure }
  | { readonly type: 'time-over' }
  | { readonly type: 'runs-done' }
  | { readonly type: 'interrupted' };

/** What a batch reaches guides the draws of the next ones. */
export const schedulesInBatch = 25;

/**
 * Runs batch after batch until the hunt finds a violation, reaches a limit or is interrupted. After each
 * batch it reports the seconds that have passed, and lets signal handlers run.
 */
export async function runHunt(
  hunt: Hunting,
  { seconds, runs }: HuntLimits,
  progress: (seconds: number) => void,
  interrupted: () => boolean,
): Promise<Ending> {
  const start = performance.now();
  for (;;) {
    const elapsed = (performance.now() - start) / 1000;
    const left = runs - hunt.totals.schedules;
    if (interrupted()) return { type: 'interrupted' };
    if (left <= 0) return { type: 'runs-done' };
    if (elapsed >= seconds) return { type: 'time-over' };
    const failure = hunt.batch(Math.min(schedulesInBatch, left));
    if (failure !== undefined) return { type: 'found', failure };
    progress((performance.now() - start) / 1000);
    await setImmediate();
  }
}
