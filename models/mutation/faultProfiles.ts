import { Hunt } from '../hunt/hunt.ts';
import { scopeOf } from '../hunt/scope.ts';
import type { SystemUnderTest } from '../runs/runCommands.ts';
import type { FaultProfile } from '../runs/schedules/faultProfile.ts';

/** How much each mutant is hunted by each choice of fault profiles. */
export interface HuntEffort {
  readonly seeds: readonly number[];
  /** A hunt gives up after so many events, or a few more. */
  readonly events: number;
}

/** The results of hunting one mutant with all seeds: how many hunts caught it, and all their events. */
export interface HuntYield {
  readonly caught: number;
  readonly events: number;
}

/** Hunts by these fault profiles alone, and otherwise as `npm run hunt` does. */
export function huntBy(
  subject: SystemUnderTest,
  faultProfiles: readonly FaultProfile[],
  { seeds, events: most }: HuntEffort,
): HuntYield {
  let [caught, events] = [0, 0];
  for (const seed of seeds) {
    const hunt = new Hunt(subject, { ...scopeOf({}), faultProfiles }, seed, { shrinks: false });
    let isCaught = false;
    while (!isCaught && hunt.totals.events < most) isCaught = hunt.batch(schedulesInBatch) !== undefined;
    if (isCaught) caught++;
    events += hunt.totals.events;
  }
  return { caught, events };
}

const schedulesInBatch = 5;

/** The results of hunting each mutant by each fault profile alone: by mutant, then by profile. */
type Matrix = readonly (readonly HuntYield[])[];

/**
 * Chooses fault profiles, by their indices: greedily the one that helps most, until none helps. The measure is the
 * geometric mean, over the mutants, of the events that it takes to catch one.
 */
export function chosenFaultProfiles(matrix: Matrix): readonly number[] {
  const all = matrix[0]?.map((_, faultProfile) => faultProfile) ?? [];
  let chosen: readonly number[] = [];
  for (;;) {
    const better = all
      .filter((faultProfile) => !chosen.includes(faultProfile))
      .map((faultProfile) => [...chosen, faultProfile])
      .toSorted((one, other) => expectedEvents(matrix, one) - expectedEvents(matrix, other))[0];
    if (better === undefined || expectedEvents(matrix, better) >= expectedEvents(matrix, chosen))
      return chosen;
    chosen = better;
  }
}

/** The expected events to catch a mutant, as a geometric mean, if these profiles share the events evenly. */
function expectedEvents(matrix: Matrix, faultProfiles: readonly number[]): number {
  if (faultProfiles.length === 0) return Infinity;
  return geometricMean(
    matrix.map((yields) => {
      const chosen = faultProfiles.flatMap((faultProfile) => yields[faultProfile] ?? []);
      return chosen.length / chosen.reduce((sum, one) => sum + rateOf(one), 0);
    }),
  );
}

/** Catches per event. A mutant that was never caught counts as caught a tenth of a time, so that the rate is not zero. */
export function rateOf({ caught, events }: HuntYield): number {
  return Math.max(caught, 0.1) / Math.max(events, 1);
}

/** The geometric mean of positive figures. */
export function geometricMean(figures: readonly number[]): number {
  return Math.exp(figures.reduce((sum, figure) => sum + Math.log(figure), 0) / figures.length);
}
