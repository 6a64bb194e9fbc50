import type { StorageMode } from '../../impl/index.ts';
import { allProperties } from '../../models/checking/properties.ts';
import { type Budget, boundsOf, emptyBudget } from '../../models/explore/budget/budget.ts';
import { noReductions, type Reductions } from '../../models/explore/reductions/reductions.ts';
import type { ExplorationSubject } from '../../models/explore/space/subject.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';

/** A system and a budget to explore, judged by all properties. By default the budget is one request, without reductions. */
export async function subjectOf(
  mode: StorageMode,
  budget: Partial<Budget>,
  {
    replicas = 3,
    clients = 1,
    pipeline,
    sessions,
    reductions = noReductions,
    mutant,
  }: {
    readonly replicas?: number;
    readonly clients?: number;
    readonly pipeline?: number;
    readonly sessions?: number;
    readonly reductions?: Reductions;
    readonly mutant?: string;
  } = {},
): Promise<ExplorationSubject> {
  const implementation = await loadImplementation(mutant === undefined ? undefined : mutantNamed(mutant));
  const setup = { replicas, mode, clients, ...(pipeline && { pipeline }), ...(sessions && { sessions }) };
  return {
    implementation,
    setup,
    properties: allProperties,
    bounds: boundsOf({ ...emptyBudget, requests: 1, ...budget }),
    reductions,
  };
}
