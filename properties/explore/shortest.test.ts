import { describe, expect, test } from 'vitest';
import { ablationNamed } from '../../models/ablations/catalogue/index.ts';
import { loadImplementation } from '../../models/ablations/load.ts';
import { type Shortest, shortestRuns } from '../../models/ablations/shortest.ts';
import { spending } from '../../models/explore/bounds.ts';
import { type Explored, explore, unlimited } from '../../models/explore/explore.ts';
import { type Reductions, soundForAll, soundForCorrect } from '../../models/explore/subject.ts';
import { allClaims } from '../../models/model.ts';
import { stepsOf } from '../../models/trace/steps.ts';

async function explored(
  { ablation, mode, spends, settles }: Shortest,
  reductions: Reductions,
): Promise<Explored> {
  const implementation = await loadImplementation(ablationNamed(ablation));
  const setup = { replicas: 3, mode, clients: Math.max(1, Math.min(2, spends.request ?? 0)) };
  const subject = { implementation, setup, claims: allClaims, bounds: spending(spends), reductions };
  return explore(subject, { ...unlimited, settleOneIn: settles === true ? 1 : 0 });
}

describe('No run that spends no more breaks a claim in fewer steps', () => {
  test.each(shortestRuns)('$ablation, $mode, $spends: $steps', async (shortest) => {
    const { trace } = await explored(shortest, soundForAll);
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
  test.each(shortestRuns)('$ablation', async (shortest) => {
    const { ending } = await explored(shortest, soundForCorrect);
    expect(ending).toBe(takenForGranted.has(shortest.ablation) ? 'exhausted' : 'violation');
  });
});
