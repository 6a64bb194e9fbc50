import type { ExplorationCallbacks, ExplorationProgress } from '../../explore/explore.ts';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import type { HuntResult } from '../hunts/result.ts';
import { exploredTrace, shorterExploredRun } from './exploredTraces.ts';
import { comesBefore, keepTrace } from './keptTraces.ts';

/** Callbacks of `keepTraces`: one hears of the exploration of a mutant, the other ends it by returning true. */
interface KeepTracesCallbacks {
  readonly onProgress: (mutant: string, progress: ExplorationProgress) => void;
  readonly isInterrupted: () => boolean;
}

/** Keeps the shortest trace of each mutant, hunted or explored. Returns the mutants whose trace is new. */
export async function keepTraces(
  mutants: readonly Mutant[],
  results: Iterable<HuntResult>,
  { onProgress, isInterrupted }: KeepTracesCallbacks,
): Promise<readonly string[]> {
  const hunted = shortestHunted(results);
  const renewed: string[] = [];
  for (const { name } of mutants) {
    const trace = hunted.get(name);
    const isKept = trace !== undefined && (await keepTrace(name, trace));
    const isExplored = await keepExplored(name, {
      onProgress: (progress) => onProgress(name, progress),
      isInterrupted,
    });
    if (isKept || isExplored) renewed.push(name);
    if (isInterrupted()) break;
  }
  return renewed;
}

async function keepExplored(name: string, callbacks: Required<ExplorationCallbacks>): Promise<boolean> {
  const shortest = shorterExploredRun(name);
  if (shortest === undefined) return false;
  const trace = await exploredTrace(shortest, callbacks);
  if (trace !== undefined) return keepTrace(name, trace);
  if (callbacks.isInterrupted()) return false;
  throw new Error(`Exhaustive search no longer finds ${name}: models/mutants/shortest.ts is out of date.`);
}

/** The shortest hunted trace of each mutant. Of equally short ones that of the lowest seed is taken. */
function shortestHunted(results: Iterable<HuntResult>): ReadonlyMap<string, Counterexample> {
  const shortest = new Map<string, Counterexample>();
  for (const { mutant, found } of [...results].sort((one, other) => one.seed - other.seed)) {
    const known = shortest.get(mutant);
    const trace = found?.trace;
    if (trace && (known === undefined || comesBefore(trace, known))) shortest.set(mutant, trace);
  }
  return shortest;
}
