import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Model } from '../../models/checking/model.ts';
import { propertiesWhere } from '../../models/checking/properties.ts';
import { check } from '../../models/histories/check.ts';
import { historyOfClients, places } from '../../models/histories/clientHistory.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { usualSteps } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { settle } from '../../models/runs/liveness/settle.ts';
import { PropertyViolated, Run } from '../../models/runs/run/run.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { type Implementation, realImplementation } from '../../models/world/implementation.ts';
import { createWorld, type Setup } from '../../models/world/world.ts';
import { seed } from '../seed.ts';

/** The guarantee of linearizability. It reads the order from the answers, and needs no search. */
const properties = propertiesWhere((name) => name === 'linearizable');
const setups: readonly Setup[] = [{ replicas: 3, mode: 'durable', clients: 2 }];
/** Small bounds: unanswered requests can take any place, which makes the search expensive. */
const bounds = { configurations: 2000, steps: 20_000 };

/** For each hunted schedule: whether it broke the guarantee, and the checker's verdict on the history of its clients. */
function judged(implementation: Implementation, schedules: number) {
  const drawn = new ScheduleArbitrary({ setups, faultProfiles, steps: usualSteps });
  return fc.sample(drawn, { seed, numRuns: schedules }).map(({ setup, commands }) => {
    const world = createWorld(implementation, setup);
    const model = new Model(world, properties);
    const run = new Run(world);
    let isBroken = false;
    try {
      fc.modelRun(() => ({ model, real: run }), commands);
      settle(model, run);
    } catch (error) {
      if (!(error instanceof PropertyViolated)) throw error;
      isBroken = true;
    }
    const history = historyOfClients(model.ghostState.promised);
    const answers = history.filter(({ type }) => type === 'ok').length;
    return { isBroken, verdict: check(history, places, bounds).verdict, answers };
  });
}

describe('the history of the clients of a hunted group', () => {
  it('is linearizable with the real implementation', () => {
    const runs = judged(realImplementation, 200);
    expect(runs.filter(({ isBroken, verdict }) => isBroken || verdict !== 'yes')).toEqual([]);
    expect(runs.filter(({ answers }) => answers >= 5).length).toBeGreaterThan(150);
  });

  it.each(['commit-quorum-short', 'dvc-cut-at-commit'])(
    'is not linearizable in any run in which the mutant %s breaks the guarantee',
    async (mutant) => {
      const runs = judged(await loadImplementation(mutantNamed(mutant)), 200);
      const broken = runs.filter(({ isBroken }) => isBroken);
      expect(broken.filter(({ verdict }) => verdict === 'yes')).toEqual([]);
      expect(broken.filter(({ verdict }) => verdict === 'no').length).toBeGreaterThan(0);
    },
  );

  it('is not linearizable with requests executed twice, even where the answers alone do not show it', async () => {
    const runs = judged(await loadImplementation(mutantNamed('no-dedupe')), 200);
    const found = runs.filter(({ isBroken, verdict }) => !isBroken && verdict === 'no');
    expect(found.length).toBeGreaterThan(0);
  });
});
