import type { StorageMode } from '../../impl/index.ts';
import { ablationNamed } from '../../models/ablations/catalogue/index.ts';
import { loadImplementation } from '../../models/ablations/load.ts';
import { type Budget, boundsOf } from '../../models/explore/bounds.ts';
import { noReductions, type Reductions, type Subject } from '../../models/explore/subject.ts';
import { allClaims } from '../../models/model.ts';

/** One request, and nothing else ever happens to anything. */
export const calm: Budget = {
  requests: 1,
  timeouts: 0,
  timers: ['heartbeat', 'resend', 'suspect', 'retry'],
  crashes: 0,
  restarts: 0,
  clientRestarts: 0,
  duplicates: 0,
  drops: 0,
  partitions: 0,
  views: Infinity,
};

/** What is to be explored: all claims are armed, and nothing is reduced unless said otherwise. */
export async function subjectOf(
  mode: StorageMode,
  budget: Partial<Budget>,
  {
    replicas = 3,
    clients = 1,
    reductions = noReductions,
    ablation,
  }: {
    readonly replicas?: number;
    readonly clients?: number;
    readonly reductions?: Reductions;
    readonly ablation?: string;
  } = {},
): Promise<Subject> {
  const implementation = await loadImplementation(
    ablation === undefined ? undefined : ablationNamed(ablation),
  );
  const setup = { replicas, mode, clients };
  return { implementation, setup, claims: allClaims, bounds: boundsOf({ ...calm, ...budget }), reductions };
}
