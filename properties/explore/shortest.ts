import { expect, test } from 'vitest';
import { soundForAll, soundForCorrect } from '../../models/explore/reductions/reductions.ts';
import type { ShortestRun } from '../../models/mutants/shortest.ts';
import { exploreFor } from '../../models/mutation/traces/exploredTraces.ts';
import { stepsOf } from '../../models/trace/steps.ts';

/** The shortest runs of at most this many steps are found within a second or so each. */
export const mostSteps = 5;

/**
 * With these mutants replicas or clients take, count or reject messages that a reduction leaves out because none takes them, or
 * read the number of repetitions, which a reduction leaves out because none reads it.
 */
const takenForGranted: ReadonlySet<string> = new Set([
  'prepare-old-view',
  'dvc-counts-messages',
  'client-accepts-any-reply',
  'startview-reapplied',
  'startview-old-view',
  'newstate-old-view',
  'outdated-answer-rejected',
  'prepare-given-up',
  'view-change-given-up',
  'retry-given-up',
]);

/**
 * No run that spends no more breaks a property in fewer steps; and the reductions that are sound for the correct protocol hide
 * only the mutants that take what they leave out.
 */
export function tryShortest(runs: readonly ShortestRun[]): void {
  test.each(runs)(
    'no run is shorter that reveals $mutant: $mode, $spends, $steps steps',
    async (shortest) => {
      const { trace } = await exploreFor(shortest, soundForAll);
      expect(trace && stepsOf(trace.records)).toBe(shortest.steps);
      expect(trace?.phase).toBe(shortest.settles === true ? 'settling' : 'events');
    },
  );

  test.each(runs)(
    'the reductions for the correct protocol hide $mutant only if they must',
    async (shortest) => {
      const { ending } = await exploreFor(shortest, soundForCorrect);
      expect(ending).toBe(takenForGranted.has(shortest.mutant) ? 'exhausted' : 'violation');
    },
  );
}
