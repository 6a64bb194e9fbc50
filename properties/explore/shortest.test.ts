import { describe, expect, test } from 'vitest';
import { soundForAll, soundForCorrect } from '../../models/explore/reductions/reductions.ts';
import { shortestRuns } from '../../models/mutants/shortest.ts';
import { exploreFor } from '../../models/mutation/traces/exploredTraces.ts';
import { stepsOf } from '../../models/trace/steps.ts';

describe('No run that spends no more breaks a property in fewer steps', () => {
  test.each(shortestRuns)('$mutant, $mode, $spends: $steps', async (shortest) => {
    const { trace } = await exploreFor(shortest, soundForAll);
    expect(trace && stepsOf(trace.records)).toBe(shortest.steps);
    expect(trace?.phase).toBe(shortest.settles === true ? 'settling' : 'events');
  });
});

/** Without these rules messages are taken, or counted, that a reduction leaves out because nobody takes or counts them. */
const takenForGranted: ReadonlySet<string> = new Set([
  'prepare-old-view',
  'dvc-counts-messages',
  'client-accepts-any-reply',
  'startview-reapplied',
  'startview-old-view',
  'newstate-old-view',
]);

describe('The reductions for the protocol as it should be hide only the lack of what they take for granted', () => {
  test.each(shortestRuns)('$mutant', async (shortest) => {
    const { ending } = await exploreFor(shortest, soundForCorrect);
    expect(ending).toBe(takenForGranted.has(shortest.mutant) ? 'exhausted' : 'violation');
  });
});
