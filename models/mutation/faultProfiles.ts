import { Hunt } from '../hunt/hunt.ts';
import { scopeOf } from '../hunt/scope.ts';
import type { SystemUnderTest } from '../runs/runCommands.ts';
import type { FaultProfile } from '../runs/schedules/faultProfile.ts';

/** How much is spent on each mutant with each way of hunting it. */
export interface HuntEffort {
  readonly seeds: readonly number[];
  /** A hunt that found nothing in so many events, or a few more, has missed. */
  readonly events: number;
}

/** What came of hunting one mutant in one way, with all seeds. */
export interface HuntYield {
  readonly caught: number;
  readonly events: number;
}

/** Hunts by these fault profiles alone, as usual in everything else. */
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

/** What came of hunting each mutant by each fault profile alone: the outer list is by mutant. */
export type Matrix = readonly (readonly HuntYield[])[];

/**
 * The fault profiles that a matrix speaks for, by their places: one after the other the one that helps most, until none helps.
 * What is sought is the least geometric mean, over the mutants, of the events that it takes to catch one.
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

/** How many events it should take to catch a mutant, as a geometric mean, if the time is divided evenly. */
function expectedEvents(matrix: Matrix, faultProfiles: readonly number[]): number {
  if (faultProfiles.length === 0) return Infinity;
  return geometricMean(
    matrix.map((yields) => {
      const chosen = faultProfiles.flatMap((faultProfile) => yields[faultProfile] ?? []);
      return chosen.length / chosen.reduce((sum, one) => sum + rateOf(one), 0);
    }),
  );
}

/** Catches per event. One that was never caught might have been with the next seed, for all that is known. */
export function rateOf({ caught, events }: HuntYield): number {
  return Math.max(caught, 0.1) / Math.max(events, 1);
}

/** The geometric mean of some positive figures. */
export function geometricMean(figures: readonly number[]): number {
  return Math.exp(figures.reduce((sum, figure) => sum + Math.log(figure), 0) / figures.length);
}
