import type { Mutant } from '../../mutants/mutant.ts';
import type { HuntResult } from './result.ts';
import type { HuntTask } from './threads.ts';

/** The hunts of a mutation run. */
interface PlanOptions {
  /** In the order in which they are hunted. */
  readonly mutants: readonly Mutant[];
  /** The present digest of each mutant, by name. */
  readonly digests: ReadonlyMap<string, string>;
  readonly seeds: readonly number[];
  /** For how many of the seeds, from the first on, failures are shortened. */
  readonly shortened: number;
}

/** The results and the remaining tasks of a mutation run. */
export interface MutationRunPlan {
  /** The results that count, by `keyOf`. */
  readonly results: Map<string, HuntResult>;
  readonly tasks: readonly HuntTask[];
  /** How many earlier results do not count, because the implementation, an edit or a setting was another one. */
  readonly stale: number;
}

/** Plans a run, given earlier results. Of several results for the same hunt the last one counts. */
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

/** The key of a result: its mutant and its seed. */
export function keyOf({ mutant, seed }: Pick<HuntResult, 'mutant' | 'seed'>): string {
  return `${mutant} ${seed}`;
}

/** The key that the task's result will have. */
export function taskKey({ mutant, seed }: HuntTask): string {
  return keyOf({ mutant: mutant.name, seed });
}

/** A result counts for a task that shortens only if its trace was shortened; otherwise the hunt is repeated. */
function isDone({ shorten }: HuntTask, result: HuntResult | undefined): boolean {
  return result !== undefined && (!shorten || result.found === null || result.found.trace !== null);
}
