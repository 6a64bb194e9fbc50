import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../models/checking/invariants/evidence.ts';
import {
  allProperties,
  invariants,
  propertiesWhere,
  settledInvariants,
  type Violation,
} from '../../models/checking/properties.ts';
import { type Failure, Hunt } from '../../models/hunt/hunt.ts';
import { modes, usualSteps } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { eventText } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import type { Setup } from '../../models/world/world.ts';
import { seed } from '../seed.ts';
import { guaranteeEvidence } from './guarantees.ts';
import '../hunting/inlineLess.ts';

/** How many schedules are run for each setup. */
const schedules = 200;
/** How many schedules are run at a time, and at most, if those reach a coverage mark too seldom. */
const schedulesMore = 50;
const mostSchedules = 1500;
/** How many schedules a mutant may survive. */
const mostForMutant = 100_000;

/** A property that has evidence. */
interface Tried {
  readonly name: string;
  readonly evidence: Evidence;
}

const triedByLevel: Readonly<Record<Violation['level'], readonly Tried[]>> = {
  guarantee: [...guaranteeEvidence].map(([name, evidence]) => ({ name, evidence })),
  state: [...invariants, ...settledInvariants].filter(({ level }) => level === 'state'),
  step: invariants.filter(({ level }) => level === 'step'),
};

/**
 * Tries the implementation in groups of this size. Every property must hold in the same schedules: those of one seed do not depend
 * on the properties. They must reach the coverage marks of each property.
 */
export function tryImplementation(replicas: number): void {
  const setups = modes.map((mode): Setup => ({ replicas, mode, clients: 2 }));
  const tried = [...triedByLevel.guarantee, ...triedByLevel.state, ...triedByLevel.step];

  describe.each(setups)('in schedules of $replicas $mode replicas', (setup) => {
    const hunt = new Hunt(
      { implementation: realImplementation, properties: allProperties },
      scopeOf(setup),
      seed,
    );

    /** Runs the schedules in the first test that asks for them, all of them unless a property breaks. */
    function run(): void {
      if (hunt.totals.schedules === 0) expectNone(hunt.batch(schedules));
      expect(hunt.totals.schedules).toBeGreaterThanOrEqual(schedules);
    }

    test(`every property holds, ${schedules} times and more`, run);

    for (const { name, evidence } of tried) {
      test(`${name} is tried where it matters`, () => {
        run();
        const isReachable = evidence.mode === undefined || evidence.mode === setup.mode;
        for (const [coverageMark, least] of Object.entries(isReachable ? evidence.reached : {})) {
          // A seed that reaches a rare mark seldom needs more schedules, in which the properties must hold as well.
          while (timesReached(hunt, coverageMark) < least && hunt.totals.schedules < mostSchedules)
            expectNone(hunt.batch(schedulesMore));
          expect(timesReached(hunt, coverageMark), coverageMark).toBeGreaterThanOrEqual(least);
        }
      });
    }
  });
}

/** Tries every property of one level by itself: it must fail for an implementation with its mutant. */
export function tryMutants(level: Violation['level']): void {
  for (const { name, evidence } of triedByLevel[level]) {
    const { mutant, replicas, mode } = evidence.brokenBy;

    test(`${name} is broken by the mutant ${mutant}`, async () => {
      const implementation = await loadImplementation(mutantNamed(mutant));
      const properties = propertiesWhere((other) => other === name);
      const scope = scopeOf({ replicas, mode, clients: 2 });
      // Only the property matters here, so no trace is shrunk.
      const hunt = new Hunt({ implementation, properties }, scope, seed, { shrinks: false });
      let failure: Failure | undefined;
      while (failure === undefined && hunt.totals.schedules < mostForMutant) failure = hunt.batch(25);
      expect(failure?.violation.property).toBe(name);
    });
  }
}

function expectNone(failure: Failure | undefined): void {
  expect(failure, failure && traceOf(failure)).toBeUndefined();
}

function timesReached({ tried }: Hunt, coverageMark: string): number {
  return tried.reduce((sum, { tried: totals }) => sum + totals.reached.count(coverageMark), 0);
}

/** The group in the configurations that a hunt draws. */
function scopeOf(setup: Setup) {
  return { setups: [setup], varied: true, faultProfiles, steps: usualSteps };
}

function traceOf({ violation, records }: Failure): string {
  return [`${violation.property}: ${violation.seen}`, ...records.map(eventText)].join('\n');
}
