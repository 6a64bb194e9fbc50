import { ablationNamed } from '../ablations/catalogue/index.ts';
import { loadImplementation } from '../ablations/load.ts';
import { type Shortest, shortestRuns } from '../ablations/shortest.ts';
import { spending } from '../explore/bounds.ts';
import { explore, type Progress, unlimited } from '../explore/explore.ts';
import { soundForAll } from '../explore/subject.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { allClaims } from '../model.ts';
import type { Counterexample } from '../trace/counterexample.ts';
import { comesBefore, keptTrace } from './traces.ts';

/** The shortest run of the ablation that is known to the explorer, if what is kept is not as good. */
export function worthExploring(ablation: string): Shortest | undefined {
  const shortest = shortestRuns.find((one) => one.ablation === ablation);
  const kept = keptTrace(ablation);
  if (shortest === undefined || kept === undefined) return shortest;
  return comesBefore({ steps: shortest.steps, minimal: true }, kept) ? shortest : undefined;
}

/**
 * The shortest run, found again. It is minimal: the search went through all shorter ones that spend no more, and found
 * that they break no claim at all. Yields undefined if it was interrupted before it found the run.
 */
export async function exploredTrace(
  { ablation, mode, spends, settles }: Shortest,
  tell: (progress: Progress) => void,
  interrupted: () => boolean,
): Promise<Counterexample | undefined> {
  const implementation = await loadImplementation(ablationNamed(ablation));
  const setup = { replicas: 3, mode, clients: Math.max(1, Math.min(2, spends.request ?? 0)) };
  const bounds = spending(spends);
  const subject = { implementation, setup, claims: allClaims, bounds, reductions: soundForAll };
  const limits = { ...unlimited, settleOneIn: settles === true ? 1 : 0 };
  const { trace } = await explore(subject, limits, { tell, interrupted });
  if (trace === undefined) return undefined;
  return { ...counterexampleOf({ ...trace, setup, profile: null }, ablation, null), minimal: true };
}
