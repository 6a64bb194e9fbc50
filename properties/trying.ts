import { describe, expect, test } from 'vitest';
import { claimsWhere } from '../models/checking/model.ts';
import { type Find, Hunt } from '../models/hunt/hunt.ts';
import { usualSteps } from '../models/hunt/scope.ts';
import { ablationNamed } from '../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../models/mutants/load.ts';
import { profiles } from '../models/runs/schedules/faultProfile.ts';
import { describe as inWords } from '../models/world/event.ts';
import { realImplementation } from '../models/world/implementation.ts';
import { withVariants } from '../models/world/variants.ts';
import type { Setup } from '../models/world/world.ts';

/** How a claim is tried. */
export interface Trying {
  readonly claim: string;
  /** How many schedules are run, for each of the four setups. */
  readonly schedules: number;
  /** Situations without which the claim would hold for want of anything happening, and how often each must be reached. */
  readonly reached: Readonly<Record<string, number>>;
  /** A planted bug that breaks this claim, and the setup in which it does. */
  readonly brokenBy: { readonly ablation: string; readonly replicas: number; readonly mode: Setup['mode'] };
}

/** The seed of this test run. `npm test -- --seed N` repeats one. */
export const seed = Number(process.env.VIEWSTAMPED_SEED ?? 1);

const setups: readonly Setup[] = [
  { replicas: 3, mode: 'durable', clients: 2 },
  { replicas: 3, mode: 'diskless', clients: 2 },
  { replicas: 5, mode: 'durable', clients: 2 },
  { replicas: 5, mode: 'diskless', clients: 2 },
];

/** Tries one claim alone: it must hold for the implementation, and must fail for one with a planted bug. */
export function tryClaim({ claim, schedules, reached, brokenBy }: Trying): void {
  const claims = claimsWhere((name) => name === claim);

  describe(claim, () => {
    test.each(setups)(`holds in ${schedules} schedules of $replicas $mode replicas`, (setup) => {
      const hunt = new Hunt({ implementation: realImplementation, claims }, scopeOf(setup), seed);
      const find = hunt.batch(schedules);
      expect(find, find && storyOf(find)).toBeUndefined();
      expect(hunt.totals.schedules).toBe(schedules);
      for (const [situation, least] of Object.entries(reached)) {
        const reached = hunt.tried.reduce((sum, { tried }) => sum + tried.reached.count(situation), 0);
        expect(reached, situation).toBeGreaterThanOrEqual(least);
      }
    });

    test(`is broken by ${brokenBy.ablation}`, async () => {
      const { ablation, replicas, mode } = brokenBy;
      const implementation = await loadImplementation(ablationNamed(ablation));
      const hunt = new Hunt({ implementation, claims }, scopeOf({ replicas, mode, clients: 2 }), seed);
      let find: Find | undefined;
      while (find === undefined && hunt.totals.schedules < 100_000) find = hunt.batch(25);
      expect(find?.violation.claim).toBe(claim);
    });
  });
}

/** The group as it is, and with everything that may be otherwise. */
function scopeOf(setup: Setup) {
  return { setups: withVariants([setup]), profiles, steps: usualSteps };
}

function storyOf({ violation, records }: Find): string {
  return [`${violation.claim}: ${violation.seen}`, ...records.map(inWords)].join('\n');
}
