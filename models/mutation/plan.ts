import type { Ablation } from '../mutants/mutant.ts';
import type { Result } from './result.ts';
import type { Task } from './threads.ts';

/** What a campaign is to do. */
export interface Wanted {
  /** In the order in which they are hunted. */
  readonly ablations: readonly Ablation[];
  /** By the names of ablations: what is hunted now. */
  readonly digests: ReadonlyMap<string, string>;
  readonly seeds: readonly number[];
  /** With how many of the seeds, from the first on, what is found is retold. */
  readonly retold: number;
}

/** What is done and what is left to do. */
export interface Plan {
  /** Results that count, by `keyOf`. */
  readonly results: Map<string, Result>;
  readonly tasks: readonly Task[];
  /** How many hunts were done before, but of something else: the implementation, an edit or a setting was another one. */
  readonly stale: number;
}

/** What is left to do, if these results are there. Of several for the same hunt the last one counts. */
export function planOf({ ablations, digests, seeds, retold }: Wanted, before: readonly Result[]): Plan {
  const tasks = ablations.flatMap((ablation) =>
    seeds.map((seed, index): Task => ({ ablation, seed, retell: index < retold })),
  );
  const wanted = new Set(tasks.map(taskKey));
  const known = before.filter((result) => wanted.has(keyOf(result)));
  const valid = known.filter(({ ablation, digest }) => digests.get(ablation) === digest);
  const results = new Map(valid.map((result) => [keyOf(result), result]));
  const stale = new Set(known.map(keyOf).filter((key) => !results.has(key))).size;
  return { results, stale, tasks: tasks.filter((task) => !isDone(task, results.get(taskKey(task)))) };
}

/** By what results are told apart. */
export function keyOf({ ablation, seed }: Pick<Result, 'ablation' | 'seed'>): string {
  return `${ablation} ${seed}`;
}

/** By what the result of the task will be known. */
export function taskKey({ ablation, seed }: Task): string {
  return keyOf({ ablation: ablation.name, seed });
}

/** A story that was not retold when it was found can only be found again. */
function isDone({ retell }: Task, result: Result | undefined): boolean {
  return result !== undefined && (!retell || result.found === null || result.found.story !== null);
}
