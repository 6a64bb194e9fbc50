import type { StorageMode } from '../../../impl/index.ts';
import { besideProtocol } from '../../checking/properties.ts';
import { type Budget, boundsOf, emptyBudget } from '../../explore/budget/budget.ts';
import { type ExplorationCallbacks, type Explored, explore, noLimits } from '../../explore/explore.ts';
import { soundForAll } from '../../explore/reductions/reductions.ts';
import { type Failure, Hunt } from '../../hunt/hunt.ts';
import { scopeOf } from '../../hunt/scope.ts';
import { loadImplementation } from '../../mutants/load.ts';
import { type RuleChange, StaleMutantError } from '../../mutants/mutant.ts';

/** The bounds within which a tolerated mutant is explored, with three replicas, one client and all properties. */
export interface ExploredBounds {
  readonly mode: StorageMode;
  readonly budget: Budget;
  /** One in so many states must settle once faults stop. */
  readonly settleOneIn: number;
}

const crash: Budget = { ...emptyBudget, requests: 1, crashes: 1, restarts: 1 };
const timer: Budget = { ...emptyBudget, requests: 1, timeouts: 1 };

/** The bounds of all explorations of a tolerated mutant, the quickest first. */
export const exploredBounds: readonly ExploredBounds[] = [
  { mode: 'diskless', budget: crash, settleOneIn: 50 },
  { mode: 'durable', budget: crash, settleOneIn: 50 },
  { mode: 'diskless', budget: timer, settleOneIn: 200 },
  { mode: 'durable', budget: timer, settleOneIn: 200 },
];

/** Explores every run of the mutant within the bounds, by the reductions that are sound for mutants. */
export async function exploreTolerated(
  ruleChange: RuleChange,
  bounds: ExploredBounds,
  callbacks: ExplorationCallbacks,
): Promise<Explored> {
  const subject = {
    implementation: await loadImplementation(ruleChange),
    setup: { replicas: 3, mode: bounds.mode, clients: 1 },
    properties: besideProtocol,
    bounds: boundsOf(bounds.budget),
    reductions: soundForAll,
  };
  return explore(subject, { ...noLimits, settleOneIn: bounds.settleOneIn }, callbacks);
}

/** The outcome of hunting two tolerated mutants together. */
type PairOutcome =
  | { readonly type: 'nothing'; readonly events: number }
  | { readonly type: 'found'; readonly failure: Failure }
  /** Both edit the same text. */
  | { readonly type: 'incompatible' };

/** Hunts an implementation with the edits of two mutants, for a number of schedules. */
export async function huntPair(
  one: RuleChange,
  other: RuleChange,
  schedules: number,
  seed: number,
): Promise<PairOutcome> {
  try {
    const implementation = await loadImplementation([...one.edits, ...other.edits]);
    const hunt = new Hunt({ implementation, properties: besideProtocol }, scopeOf({}), seed);
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
