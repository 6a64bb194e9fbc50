import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimsWhere, Model } from '../../models/checking/model.ts';
import { check } from '../../models/histories/check.ts';
import { historyOfClients, places } from '../../models/histories/promised.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { usualSteps } from '../../models/hunt/scope.ts';
import { ablationNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { settle } from '../../models/runs/liveness/settle.ts';
import { ClaimBroken, Trial } from '../../models/runs/run.ts';
import { profiles } from '../../models/runs/schedules/faultProfile.ts';
import { type Implementation, realImplementation } from '../../models/world/implementation.ts';
import { createWorld, type Setup } from '../../models/world/world.ts';
import { seed } from '../trying.ts';

/** The promise's own claim, for which answers name the order, so that nobody need search for one. */
const claims = claimsWhere((name) => name === 'linearizable');
const setups: readonly Setup[] = [{ replicas: 3, mode: 'durable', clients: 2 }];
/** Requests without an answer can stand anywhere, which soon is more than is worth while. */
const bounds = { configurations: 2000, steps: 20_000 };

/** Of hunted schedules: whether the claim was broken, and what the checker says of what the clients had seen by then. */
function judged(implementation: Implementation, schedules: number) {
  const subject = { implementation, claims };
  const drawn = new ScheduleArbitrary(subject, { setups, profiles, steps: usualSteps });
  return fc.sample(drawn, { seed, numRuns: schedules }).map(({ setup, commands }) => {
    const world = createWorld(implementation, setup);
    const model = new Model(world, claims);
    const trial = new Trial(world);
    let isBroken = false;
    try {
      fc.modelRun(() => ({ model, real: trial }), commands);
      settle(model, trial);
    } catch (error) {
      if (!(error instanceof ClaimBroken)) throw error;
      isBroken = true;
    }
    const history = historyOfClients(model.chronicle.promised);
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
    async (ablation) => {
      const runs = judged(await loadImplementation(ablationNamed(ablation)), 200);
      const broken = runs.filter(({ isBroken }) => isBroken);
      expect(broken.filter(({ verdict }) => verdict === 'yes')).toEqual([]);
      expect(broken.filter(({ verdict }) => verdict === 'no').length).toBeGreaterThan(0);
    },
  );

  it('is not linearizable where requests are executed twice, which their answers alone do not tell', async () => {
    const runs = judged(await loadImplementation(ablationNamed('no-dedupe')), 200);
    const found = runs.filter(({ isBroken, verdict }) => !isBroken && verdict === 'no');
    expect(found.length).toBeGreaterThan(0);
  });
});
