import { expect, test } from 'vitest';
import { coverageMarks } from '../../models/checking/coverage/index.ts';
import { allProperties } from '../../models/checking/properties.ts';
import { type Failure, Hunt } from '../../models/hunt/hunt.ts';
import { schedulesInBatch } from '../../models/hunt/runHunt.ts';
import { type ScopeOptions, scopeOf } from '../../models/hunt/scope.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { seed } from '../seed.ts';
import '../hunting/inlineLess.ts';

/** How many schedules must reach each coverage mark, and how often: `atLeast` times unless it is listed as rare. */
const schedules = 6000;
const atLeast = 100;
const rare: Readonly<Record<string, number>> = {
  'later-normal-view-wins': 10,
  'clock-set-back': 20,
  'transfer-to-later-view': 3,
  'transfer-overtaken': 3,
  'recovery-during-view-change': 10,
  'recovery-moves-others': 3,
  'two-primaries': 50,
  'checkpoint-in-view': 10,
  'checkpoint-resumed': 10,
  'checkpoint-for-start': 20,
  'group-founded': 50,
  'founding-lost': 1,
  'vote-forgotten': 1,
  'primary-halted': 10,
  'failure-repeated': 10,
  'leaf-in-pieces': 3,
  'time-crawls': 10,
  'executed-then-turned-away': 3,
  'later-answered-first': 20,
  'earlier-result-repeated': 20,
  'call-outlives-memory': 5,
  'voted-alone': 3,
  'voter-cut-off': 20,
  'vote-set-aside': 20,
  'former-checkpoint-under-way': 1,
  'voter-out-of-reach': 10,
  'acknowledged-past-answer': 10,
  'earlier-log-under-way': 10,
};

/** Marks that few of these hunts reach: each takes a hunt of the faults for which it was made, in such a group. */
const narrow: readonly (readonly [name: string, faultProfile: string, group: ScopeOptions])[] = [
  ['end-leaves-later-session', 'laggard', { replicas: 1 }],
  ['turned-away-after-end', 'laggard', { replicas: 1 }],
];

test(`${schedules} schedules break no property and reach every coverage mark`, () => {
  const hunt = new Hunt({ implementation: realImplementation, properties: allProperties }, scopeOf({}), seed);
  let failure: Failure | undefined;
  while (failure === undefined && hunt.totals.schedules < schedules) failure = hunt.batch(schedulesInBatch);
  expect(failure?.violation).toBeUndefined();
  expect(hunt.totals.schedules).toBe(schedules);
  for (const { name } of coverageMarks) {
    if (narrow.some(([one]) => one === name)) continue;
    const reached = hunt.tried.reduce((sum, { tried }) => sum + tried.reached.count(name), 0);
    expect(reached, name).toBeGreaterThanOrEqual(rare[name] ?? atLeast);
  }
});

test.each(narrow)('schedules reach %s with the fault profile %s', (name, profile, group) => {
  const faultProfile = faultProfiles.find((one) => one.name === profile);
  const scope = scopeOf({ ...group, faultProfile });
  const hunt = new Hunt({ implementation: realImplementation, properties: allProperties }, scope, seed);
  const reached = () => hunt.tried.some(({ tried }) => tried.reached.count(name) > 0);
  while (!reached() && hunt.totals.schedules < schedules)
    expect(hunt.batch(schedulesInBatch)?.violation).toBeUndefined();
  expect(reached()).toBe(true);
});
