import type { StorageMode } from '../../../impl/index.ts';
import { allProperties } from '../../checking/properties.ts';
import { type Budget, boundsOf, emptyBudget } from '../../explore/budget/budget.ts';
import { type ExplorationCallbacks, type Explored, explore, noLimits } from '../../explore/explore.ts';
import { soundForAll } from '../../explore/reductions/reductions.ts';
import { type Failure, Hunt } from '../../hunt/hunt.ts';
import { scopeOf } from '../../hunt/scope.ts';
import { loadImplementation } from '../../mutants/load.ts';
import { type RuleChange, StaleMutantError } from '../../mutants/mutant.ts';

/** Up to what an implementation without some rule is explored: three replicas, one client, every property in each state. */
export interface ExploredBounds {
  readonly mode: StorageMode;
  readonly budget: Budget;
  /** One in so many states must settle once faults stop. */
  readonly settleOneIn: number;
}

const crash: Budget = { ...emptyBudget, requests: 1, crashes: 1, restarts: 1 };
const timer: Budget = { ...emptyBudget, requests: 1, timeouts: 1 };

/** The bounds of every exploration, in the order in which they take longer. */
export const exploredBounds: readonly ExploredBounds[] = [
  { mode: 'diskless', budget: crash, settleOneIn: 50 },
  { mode: 'durable', budget: crash, settleOneIn: 50 },
  { mode: 'diskless', budget: timer, settleOneIn: 200 },
  { mode: 'durable', budget: timer, settleOneIn: 200 },
];

/** Looks at every run within the bounds. Without the rule, only the reductions that need no proof may be used. */
export async function exploreWithout(
  ruleChange: RuleChange,
  reach: ExploredBounds,
  watch: ExplorationCallbacks,
): Promise<Explored> {
  const subject = {
    implementation: await loadImplementation(ruleChange),
    setup: { replicas: 3, mode: reach.mode, clients: 1 },
    properties: allProperties,
    bounds: boundsOf(reach.budget),
    reductions: soundForAll,
  };
  return explore(subject, { ...noLimits, settleOneIn: reach.settleOneIn }, watch);
}

/** What became of two rules that were taken out together. */
export type PairOutcome =
  | { readonly type: 'nothing'; readonly events: number }
  | { readonly type: 'found'; readonly failure: Failure }
  /** Both change the same text. */
  | { readonly type: 'incompatible' };

/** Hunts an implementation without two rules, for so many schedules. */
export async function huntPair(
  one: RuleChange,
  other: RuleChange,
  schedules: number,
  seed: number,
): Promise<PairOutcome> {
  try {
    const implementation = await loadImplementation([...one.edits, ...other.edits]);
    const hunt = new Hunt({ implementation, properties: allProperties }, scopeOf({}), seed);
    while (hunt.totals.schedules < schedules) {
      const failure = hunt.batch(Math.min(25, schedules - hunt.totals.schedules));
      if (failure !== undefined) return { type: 'found', failure };
    }
    return { type: 'nothing', events: hunt.totals.events };
  } catch (error) {
    if (error instanceof StaleMutantError) return { type: 'incompatible' };
    throw error;
  }
}
