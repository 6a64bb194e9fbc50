import type { StorageMode } from '../../impl/index.ts';
import { allClaims } from '../../models/checking/model.ts';
import { type Budget, boundsOf, nothing } from '../../models/explore/bounds.ts';
import { noReductions, type Reductions, type Subject } from '../../models/explore/subject.ts';
import { ablationNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';

/** What is to be explored, with one request unless said otherwise: all claims are armed, and nothing is reduced unless said otherwise. */
export async function subjectOf(
  mode: StorageMode,
  budget: Partial<Budget>,
  {
    replicas = 3,
    clients = 1,
    batching = false,
    sessions,
    reductions = noReductions,
    ablation,
  }: {
    readonly replicas?: number;
    readonly clients?: number;
    readonly batching?: boolean;
    readonly sessions?: number;
    readonly reductions?: Reductions;
    readonly ablation?: string;
  } = {},
): Promise<Subject> {
  const implementation = await loadImplementation(
    ablation === undefined ? undefined : ablationNamed(ablation),
  );
  const setup = { replicas, mode, clients, ...(batching ? { batching } : {}), ...(sessions && { sessions }) };
  return {
    implementation,
    setup,
    claims: allClaims,
    bounds: boundsOf({ ...nothing, requests: 1, ...budget }),
    reductions,
  };
}
