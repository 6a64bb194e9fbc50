import type { Mutant } from '../../mutants/mutant.ts';
import type { HuntResult } from './result.ts';
import type { HuntTask } from './threads.ts';

/** What a mutation run is to do. */
export interface PlanOptions {
  /** In the order in which they are hunted. */
  readonly mutants: readonly Mutant[];
  /** By the names of mutants: what is hunted now. */
  readonly digests: ReadonlyMap<string, string>;
  readonly seeds: readonly number[];
  /** With how many of the seeds, from the first on, what is found is shortened. */
  readonly shortened: number;
}

/** What is done and what is left to do. */
export interface MutationRunPlan {
  /** Results that count, by `keyOf`. */
  readonly results: Map<string, HuntResult>;
  readonly tasks: readonly HuntTask[];
  /** How many hunts were done before, but of something else: the implementation, an edit or a setting was another one. */
  readonly stale: number;
}

/** What is left to do, if these results are there. Of several for the same hunt the last one counts. */
export function planOf(
  { mutants, digests, seeds, shortened }: PlanOptions,
  before: readonly HuntResult[],
): MutationRunPlan {
  const tasks = mutants.flatMap((mutant) =>
    seeds.map((seed, index): HuntTask => ({ mutant, seed, shorten: index < shortened })),
  );
  const wanted = new Set(tasks.map(taskKey));
  const known = before.filter((result) => wanted.has(keyOf(result)));
  const valid = known.filter(({ mutant, digest }) => digests.get(mutant) === digest);
  const results = new Map(valid.map((result) => [keyOf(result), result]));
  const stale = new Set(known.map(keyOf).filter((key) => !results.has(key))).size;
  return { results, stale, tasks: tasks.filter((task) => !isDone(task, results.get(taskKey(task)))) };
}

/** By what results are told apart. */
export function keyOf({ mutant, seed }: Pick<HuntResult, 'mutant' | 'seed'>): string {
  return `${mutant} ${seed}`;
}

/** By what the result of the task will be known. */
export function taskKey({ mutant, seed }: HuntTask): string {
  return keyOf({ mutant: mutant.name, seed });
}

/** A trace that was not shortened when it was found can only be found again. */
function isDone({ shorten }: HuntTask, result: HuntResult | undefined): boolean {
  return result !== undefined && (!shorten || result.found === null || result.found.trace !== null);
}
