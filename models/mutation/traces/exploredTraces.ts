import { allProperties } from '../../checking/properties.ts';
import { spending } from '../../explore/budget/spending.ts';
import {
  type ExplorationCallbacks,
  type ExplorationProgress,
  type Explored,
  explore,
  noLimits,
} from '../../explore/explore.ts';
import { type Reductions, soundForAll } from '../../explore/reductions/reductions.ts';
import { counterexampleOf } from '../../hunt/counterexample.ts';
import { mutantNamed } from '../../mutants/catalogue/index.ts';
import { loadImplementation } from '../../mutants/load.ts';
import { type ShortestRun, shortestRuns } from '../../mutants/shortest.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import type { Setup } from '../../world/world.ts';
import { comesBefore, keptTrace } from './keptTraces.ts';

/** The shortest run of the mutant that is known to the explorer, if what is kept is not as good. */
export function shorterExploredRun(mutant: string): ShortestRun | undefined {
  const shortest = shortestRuns.find((one) => one.mutant === mutant);
  const kept = keptTrace(mutant);
  if (shortest === undefined || kept === undefined) return shortest;
  return comesBefore({ steps: shortest.steps, minimal: true }, kept) ? shortest : undefined;
}

/**
 * The shortest run, found again. It is minimal: the search went through all shorter ones that spend no more, and found
 * that they break no property at all. Yields undefined if it was interrupted before it found the run.
 */
export async function exploredTrace(
  shortest: ShortestRun,
  tell: (progress: ExplorationProgress) => void,
  interrupted: () => boolean,
): Promise<Counterexample | undefined> {
  const { trace: explored } = await exploreFor(shortest, soundForAll, {
    onProgress: tell,
    isInterrupted: interrupted,
  });
  if (explored === undefined) return undefined;
  const trace = { ...explored, setup: setupOf(shortest), faultProfile: null };
  return { ...counterexampleOf(trace, shortest.mutant, null), minimal: true };
}

/** Looks for the shortest run among all that spend no more. */
export async function exploreFor(
  shortest: ShortestRun,
  reductions: Reductions,
  watch: ExplorationCallbacks = {},
): Promise<Explored> {
  const { mutant, spends, settles } = shortest;
  const implementation = await loadImplementation(mutantNamed(mutant));
  const setup = setupOf(shortest);
  const subject = { implementation, setup, properties: allProperties, bounds: spending(spends), reductions };
  return explore(subject, { ...noLimits, settleOneIn: settles === true ? 1 : 0 }, watch);
}

/** As many clients as have something to ask, one at least: two of them do all that more could do. */
function setupOf({ mode, spends }: ShortestRun): Setup {
  return { replicas: 3, mode, clients: Math.max(1, Math.min(2, spends.request ?? 0)) };
}
