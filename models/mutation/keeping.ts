import type { Progress } from '../explore/explore.ts';
import type { Ablation } from '../mutants/mutant.ts';
import type { Counterexample } from '../trace/counterexample.ts';
import { exploredTrace, worthExploring } from './exploring.ts';
import type { Result } from './result.ts';
import { comesBefore, keepTrace } from './traces.ts';

/** Who is told of the search, and who may end it. */
export interface Watch {
  readonly tell: (ablation: string, progress: Progress) => void;
  readonly interrupted: () => boolean;
}

/** Keeps, of each ablation, the shortest story that was hunted or can be explored. Yields which ones are new. */
export async function keepTraces(
  ablations: readonly Ablation[],
  results: Iterable<Result>,
  { tell, interrupted }: Watch,
): Promise<readonly string[]> {
  const hunted = shortestHunted(results);
  const renewed: string[] = [];
  for (const { name } of ablations) {
    const story = hunted.get(name);
    const isKept = story !== undefined && (await keepTrace(name, story));
    const isExplored = await keepExplored(name, (progress) => tell(name, progress), interrupted);
    if (isKept || isExplored) renewed.push(name);
    if (interrupted()) break;
  }
  return renewed;
}

async function keepExplored(
  name: string,
  tell: (progress: Progress) => void,
  interrupted: () => boolean,
): Promise<boolean> {
  const shortest = worthExploring(name);
  if (shortest === undefined) return false;
  const story = await exploredTrace(shortest, tell, interrupted);
  if (story !== undefined) return keepTrace(name, story);
  if (interrupted()) return false;
  throw new Error(
    `Exhaustive search does not find ${name} any more: models/mutants/shortest.ts is out of date.`,
  );
}

/** By ablation. Of stories that are equally short that of the lowest seed stays, whoever was done first. */
function shortestHunted(results: Iterable<Result>): ReadonlyMap<string, Counterexample> {
  const shortest = new Map<string, Counterexample>();
  for (const { ablation, found } of [...results].sort((one, other) => one.seed - other.seed)) {
    const known = shortest.get(ablation);
    const story = found?.story;
    if (story && (known === undefined || comesBefore(story, known))) shortest.set(ablation, story);
  }
  return shortest;
}
