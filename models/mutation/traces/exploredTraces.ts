import { besideProtocol } from '../../checking/properties.ts';
import { spending } from '../../explore/budget/spending.ts';
import { type ExplorationCallbacks, type Explored, explore, noLimits } from '../../explore/explore.ts';
import { type Reductions, soundForAll } from '../../explore/reductions/reductions.ts';
import { counterexampleOf } from '../../hunt/counterexample.ts';
import { mutantNamed } from '../../mutants/catalogue/index.ts';
import { loadImplementation } from '../../mutants/load.ts';
import { type ShortestRun, shortestRuns } from '../../mutants/shortest.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import type { Setup } from '../../world/world.ts';
import { comesBefore, keptTrace } from './keptTraces.ts';

/** The explorer's shortest run of the mutant, if the kept trace is longer or not known to be minimal. */
export function shorterExploredRun(mutant: string): ShortestRun | undefined {
  const shortest = shortestRuns.find((one) => one.mutant === mutant);
  const kept = keptTrace(mutant);
  if (shortest === undefined || kept === undefined) return shortest;
  return comesBefore({ steps: shortest.steps, minimal: true }, kept) ? shortest : undefined;
}

/**
 * Finds the shortest run again by exhaustive search. It is minimal: no shorter run that spends no more breaks any
 * property. Returns undefined if the search was interrupted.
 */
export async function exploredTrace(
  shortest: ShortestRun,
  callbacks: ExplorationCallbacks,
): Promise<Counterexample | undefined> {
  const { trace: explored } = await exploreFor(shortest, soundForAll, callbacks);
  if (explored === undefined) return undefined;
  const trace = { ...explored, setup: setupOf(shortest), faultProfile: null };
  return { ...counterexampleOf(trace, shortest.mutant, null), minimal: true };
}

/** Explores all runs that spend no more than the shortest known one. */
export async function exploreFor(
  shortest: ShortestRun,
  reductions: Reductions,
  callbacks: ExplorationCallbacks = {},
): Promise<Explored> {
  const { mutant, spends, settles } = shortest;
  const implementation = await loadImplementation(mutantNamed(mutant));
  const setup = setupOf(shortest);
  const subject = { implementation, setup, properties: besideProtocol, bounds: spending(spends), reductions };
  return explore(subject, { ...noLimits, settleOneIn: settles === true ? 1 : 0 }, callbacks);
}

/** The group of a run. It has a client for each request, but at least one and at most two: two do what more could do. */
function setupOf({ mode, spends }: ShortestRun): Setup {
  return { replicas: 3, mode, clients: Math.max(1, Math.min(2, spends.request ?? 0)) };
}
