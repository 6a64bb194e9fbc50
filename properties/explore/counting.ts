import type { StorageMode } from '../../impl/index.ts';
import { allProperties } from '../../models/checking/properties.ts';
import { type Budget, boundsOf, emptyBudget } from '../../models/explore/budget/budget.ts';
import { noReductions, type Reductions } from '../../models/explore/reductions/reductions.ts';
import type { ExplorationSubject } from '../../models/explore/space/subject.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';

/** What is to be explored, with one request unless said otherwise: all properties are armed, and nothing is reduced unless said otherwise. */
export async function subjectOf(
  mode: StorageMode,
  budget: Partial<Budget>,
  {
    replicas = 3,
    clients = 1,
    batching = false,
    sessions,
    reductions = noReductions,
    mutant,
  }: {
    readonly replicas?: number;
    readonly clients?: number;
    readonly batching?: boolean;
    readonly sessions?: number;
    readonly reductions?: Reductions;
    readonly mutant?: string;
  } = {},
): Promise<ExplorationSubject> {
  const implementation = await loadImplementation(mutant === undefined ? undefined : mutantNamed(mutant));
  const setup = { replicas, mode, clients, ...(batching ? { batching } : {}), ...(sessions && { sessions }) };
  return {
    implementation,
    setup,
    properties: allProperties,
    bounds: boundsOf({ ...emptyBudget, requests: 1, ...budget }),
    reductions,
  };
}
