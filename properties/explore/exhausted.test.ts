import { describe, expect, test } from 'vitest';
import { explore, unlimited } from '../../models/explore/explore.ts';
import { soundForCorrect } from '../../models/explore/space.ts';
import { subjectOf } from './counting.ts';

/** The exact counts are pinned: a change in the protocol, the world or the claims that adds or hides a run shows here. */
describe('No run within the budget breaks a claim', () => {
  test.each([
    ['diskless', 47_004, 135_035],
    ['durable', 96_967, 275_636],
  ] as const)('%s: 3 replicas, 1 request and 1 timeout make %i states', async (mode, states, transitions) => {
    const subject = await subjectOf(mode, { timeouts: 1 }, { reductions: soundForCorrect });
    const explored = await explore(subject, { ...unlimited, settleOneIn: 500 });
    expect(explored).toMatchObject({ ending: 'exhausted', depth: 19, states, transitions });
    // An exploration that reached nothing of interest would prove nothing.
    expect(explored.settled).toBeGreaterThan(50);
    for (const situation of [
      'uncommitted-suffix-carried',
      'suffix-discarded',
      'two-primaries',
      'transfer-to-later-view',
      'answered-after-view-change',
    ])
      expect(explored.reached.count(situation), situation).toBeGreaterThan(0);
    for (const type of ['PREPAREOK', 'STARTVIEWCHANGE', 'DOVIEWCHANGE', 'STARTVIEW', 'GETSTATE', 'NEWSTATE'])
      expect(explored.branches.get(`${type}: taken`), type).toBeGreaterThan(0);
  });

  test('diskless: with a crash and a restart as well 1,566,510', async () => {
    const subject = await subjectOf(
      'diskless',
      { timeouts: 1, crashes: 1, restarts: 1 },
      { reductions: soundForCorrect },
    );
    const explored = await explore(subject, { ...unlimited, settleOneIn: 5000 });
    expect(explored).toMatchObject({ ending: 'exhausted', depth: 24, states: 1_566_510 });
    expect(explored.settled).toBeGreaterThan(50);
    for (const situation of ['recovery-completed', 'recovery-during-view-change', 'message-outlives-sender'])
      expect(explored.reached.count(situation), situation).toBeGreaterThan(0);
  });
});
