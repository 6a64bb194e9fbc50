import { expect, test } from 'vitest';
import type { Evidence } from '../../models/checking/invariants/evidence.ts';
import {
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

/** How many schedules are run for each property and setup. */
const schedules = 150;
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
 * Tries every property of one level by itself. It must hold for the implementation in schedules that reach its coverage marks,
 * and fail for an implementation with its mutant.
 */
export function tryProperties(level: Violation['level']): void {
  for (const { name, evidence } of triedByLevel[level]) {
    tryImplementation(name, evidence, 3);
    tryMutant(name, evidence);
  }
}

/** Tries the same properties in larger groups. */
export function tryLargerGroups(level: Violation['level']): void {
  for (const { name, evidence } of triedByLevel[level]) tryImplementation(name, evidence, 5);
}

function tryImplementation(name: string, { reached }: Evidence, replicas: number): void {
  const properties = propertiesWhere((other) => other === name);
  const setups = modes.map((mode): Setup => ({ replicas, mode, clients: 2 }));

  test.each(setups)(`${name} holds in ${schedules} schedules of $replicas $mode replicas`, (setup) => {
    const hunt = new Hunt({ implementation: realImplementation, properties }, scopeOf(setup), seed);
    const failure = hunt.batch(schedules);
    expect(failure, failure && traceOf(failure)).toBeUndefined();
    expect(hunt.totals.schedules).toBe(schedules);
    for (const [coverageMark, least] of Object.entries(reached)) {
      // A seed that reaches a rare mark seldom needs more schedules, in which the property must hold as well.
      while (timesReached(hunt, coverageMark) < least && hunt.totals.schedules < mostSchedules) {
        const later = hunt.batch(schedulesMore);
        expect(later, later && traceOf(later)).toBeUndefined();
      }
      expect(timesReached(hunt, coverageMark), coverageMark).toBeGreaterThanOrEqual(least);
    }
  });
}

function tryMutant(name: string, { brokenBy }: Evidence): void {
  const properties = propertiesWhere((other) => other === name);

  test(`${name} is broken by the mutant ${brokenBy.mutant}`, async () => {
    const { mutant, replicas, mode } = brokenBy;
    const implementation = await loadImplementation(mutantNamed(mutant));
    const hunt = new Hunt({ implementation, properties }, scopeOf({ replicas, mode, clients: 2 }), seed);
    let failure: Failure | undefined;
    while (failure === undefined && hunt.totals.schedules < mostForMutant) failure = hunt.batch(25);
    expect(failure?.violation.property).toBe(name);
  });
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
