import type { ExplorationProgress } from '../../explore/explore.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import type { HuntResult } from '../hunts/result.ts';
import { exploredTrace, shorterExploredRun } from './exploredTraces.ts';
import { comesBefore, keepTrace } from './keptTraces.ts';

/** Who is told of the search, and who may end it. */
export interface KeepTracesCallbacks {
  readonly onProgress: (mutant: string, progress: ExplorationProgress) => void;
  readonly isInterrupted: () => boolean;
}

/** Keeps, of each mutant, the shortest trace that was hunted or can be explored. Yields which ones are new. */
export async function keepTraces(
  mutants: readonly Mutant[],
  results: Iterable<HuntResult>,
  { onProgress: tell, isInterrupted: interrupted }: KeepTracesCallbacks,
): Promise<readonly string[]> {
  const hunted = shortestHunted(results);
  const renewed: string[] = [];
  for (const { name } of mutants) {
    const trace = hunted.get(name);
    const isKept = trace !== undefined && (await keepTrace(name, trace));
    const isExplored = await keepExplored(name, (progress) => tell(name, progress), interrupted);
    if (isKept || isExplored) renewed.push(name);
    if (interrupted()) break;
  }
  return renewed;
}

async function keepExplored(
  name: string,
  tell: (progress: ExplorationProgress) => void,
  interrupted: () => boolean,
): Promise<boolean> {
  const shortest = shorterExploredRun(name);
  if (shortest === undefined) return false;
  const trace = await exploredTrace(shortest, tell, interrupted);
  if (trace !== undefined) return keepTrace(name, trace);
  if (interrupted()) return false;
  throw new Error(
    `Exhaustive search does not find ${name} any more: models/mutants/shortest.ts is out of date.`,
  );
}

/** By mutant. Of traces that are equally short that of the lowest seed stays, whoever was done first. */
function shortestHunted(results: Iterable<HuntResult>): ReadonlyMap<string, Counterexample> {
  const shortest = new Map<string, Counterexample>();
  for (const { mutant, found } of [...results].sort((one, other) => one.seed - other.seed)) {
    const known = shortest.get(mutant);
    const trace = found?.trace;
    if (trace && (known === undefined || comesBefore(trace, known))) shortest.set(mutant, trace);
  }
  return shortest;
}
