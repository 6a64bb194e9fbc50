import { describe, expect, test } from 'vitest';
import { propertiesWhere } from '../models/checking/properties.ts';
import { type Failure, Hunt } from '../models/hunt/hunt.ts';
import { usualSteps } from '../models/hunt/scope.ts';
import { mutantNamed } from '../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../models/mutants/load.ts';
import { faultProfiles } from '../models/runs/schedules/faultProfile.ts';
import { eventText as inWords } from '../models/world/event.ts';
import { realImplementation } from '../models/world/implementation.ts';
import { withVariants } from '../models/world/variants.ts';
import type { Setup } from '../models/world/world.ts';

/** How a property is tried. */
export interface Trying {
  readonly property: string;
  /** How many schedules are run, for each of the four setups. */
  readonly schedules: number;
  /** Coverage marks without which the property would hold for want of anything happening, and how often each must be reached. */
  readonly reached: Readonly<Record<string, number>>;
  /** A mutant that breaks this property, and the setup in which it does. */
  readonly brokenBy: { readonly mutant: string; readonly replicas: number; readonly mode: Setup['mode'] };
}

/** The seed of this test run. `npm test -- --seed N` repeats one. */
export const seed = Number(process.env.VIEWSTAMPED_SEED ?? 1);

const setups: readonly Setup[] = [
  { replicas: 3, mode: 'durable', clients: 2 },
  { replicas: 3, mode: 'diskless', clients: 2 },
  { replicas: 5, mode: 'durable', clients: 2 },
  { replicas: 5, mode: 'diskless', clients: 2 },
];

/** Tries one property alone: it must hold for the implementation, and must fail for one with a mutant. */
export function tryProperty({ property, schedules, reached, brokenBy }: Trying): void {
  const properties = propertiesWhere((name) => name === property);

  describe(property, () => {
    test.each(setups)(`holds in ${schedules} schedules of $replicas $mode replicas`, (setup) => {
      const hunt = new Hunt({ implementation: realImplementation, properties }, scopeOf(setup), seed);
      const failure = hunt.batch(schedules);
      expect(failure, failure && traceOf(failure)).toBeUndefined();
      expect(hunt.totals.schedules).toBe(schedules);
      for (const [coverageMark, least] of Object.entries(reached)) {
        const reached = hunt.tried.reduce((sum, { tried }) => sum + tried.reached.count(coverageMark), 0);
        expect(reached, coverageMark).toBeGreaterThanOrEqual(least);
      }
    });

    test(`is broken by ${brokenBy.mutant}`, async () => {
      const { mutant, replicas, mode } = brokenBy;
      const implementation = await loadImplementation(mutantNamed(mutant));
      const hunt = new Hunt({ implementation, properties }, scopeOf({ replicas, mode, clients: 2 }), seed);
      let failure: Failure | undefined;
      while (failure === undefined && hunt.totals.schedules < 100_000) failure = hunt.batch(25);
      expect(failure?.violation.property).toBe(property);
    });
  });
}

/** The group as it is, and with everything that may be otherwise. */
function scopeOf(setup: Setup) {
  return { setups: withVariants([setup]), faultProfiles: faultProfiles, steps: usualSteps };
}

function traceOf({ violation, records }: Failure): string {
  return [`${violation.property}: ${violation.seen}`, ...records.map(inWords)].join('\n');
}
