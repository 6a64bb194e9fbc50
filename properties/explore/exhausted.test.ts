import { expect, test } from 'vitest';
import { explore, noLimits } from '../../models/explore/explore.ts';
import { soundForAll } from '../../models/explore/reductions/reductions.ts';
import { subjectOf } from './counting.ts';
import { always, tryExhaustible } from './exhaustible.ts';

tryExhaustible([
  { mode: 'diskless', budget: { timeouts: 1 }, states: 1591, transitions: 4222, coverageMarks: always },
  { mode: 'durable', budget: { timeouts: 1 }, states: 1591, transitions: 4222, coverageMarks: always },
]);

test('no run of 3 replicas, diskless, with two requests outstanding in one session breaks a property: 71,558 states', async () => {
  const subject = await subjectOf('diskless', { requests: 2 }, { sessions: 1, reductions: soundForAll });
  const explored = await explore(subject, { ...noLimits, settleOneIn: 100 });
  expect(explored).toMatchObject({ ending: 'exhausted', states: 71_558, transitions: 207_465 });
  for (const coverageMark of ['two-outstanding', 'later-answered-first'])
    expect(explored.reached.count(coverageMark), coverageMark).toBeGreaterThan(0);
});
