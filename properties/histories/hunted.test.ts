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

/** The promise's own property, for which answers name the order, so that nobody need search for one. */
const properties = propertiesWhere((name) => name === 'linearizable');
const setups: readonly Setup[] = [{ replicas: 3, mode: 'durable', clients: 2 }];
/** Requests without an answer can stand anywhere, which soon is more than is worth while. */
const bounds = { configurations: 2000, steps: 20_000 };

/** Of hunted schedules: whether the property was broken, and what the checker says of what the clients had seen by then. */
function judged(implementation: Implementation, schedules: number) {
  const subject = { implementation, properties };
  const drawn = new ScheduleArbitrary(subject, { setups, faultProfiles: faultProfiles, steps: usualSteps });
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

describe('what the clients of hunted groups saw', () => {
  it('is linearizable as long as nothing is wrong', () => {
    const runs = judged(realImplementation, 200);
    expect(runs.filter(({ isBroken, verdict }) => isBroken || verdict !== 'yes')).toEqual([]);
    expect(runs.filter(({ answers }) => answers >= 5).length).toBeGreaterThan(150);
  });

  it.each(['commit-quorum-short', 'dvc-cut-at-commit'])(
    'is not linearizable wherever %s breaks the promise',
    async (mutant) => {
      const runs = judged(await loadImplementation(mutantNamed(mutant)), 200);
      const broken = runs.filter(({ isBroken }) => isBroken);
      expect(broken.filter(({ verdict }) => verdict === 'yes')).toEqual([]);
      expect(broken.filter(({ verdict }) => verdict === 'no').length).toBeGreaterThan(0);
    },
  );

  it('is not linearizable where requests are executed twice, which their answers alone do not tell', async () => {
    const runs = judged(await loadImplementation(mutantNamed('no-dedupe')), 200);
    const found = runs.filter(({ isBroken, verdict }) => !isBroken && verdict === 'no');
    expect(found.length).toBeGreaterThan(0);
  });
});
