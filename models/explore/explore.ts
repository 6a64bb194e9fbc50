import { setImmediate } from 'node:timers/promises';
import type { SearchCounts, SearchCoverage, SearchEngine } from './search/engine.ts';
import { SingleThreadSearch } from './search/singleThread.ts';
import type { ExplorationSubject } from './space/subject.ts';
import type { ExploredTrace } from './space/trace.ts';
import { expectedCollisions } from './states/hash.ts';

/** The limits of an exploration: it stops at the first one that it reaches. */
export interface ExplorationLimits {
  /** The longest runs that are explored, in steps. */
  readonly depth: number;
  readonly states: number;
  readonly seconds: number;
  /** The memory of the whole process, in bytes. */
  readonly bytes: number;
  /** One in so many states must settle once faults stop; 0 means none. */
  readonly settleOneIn: number;
}

/** Why an exploration ended: the space was exhausted, a property was broken, or a limit was reached. */
export type ExplorationEnding =
  | 'exhausted'
  | 'violation'
  | 'depth'
  | 'states'
  | 'seconds'
  | 'memory'
  | 'interrupted';

/** How far an exploration came. */
export interface ExplorationProgress extends SearchCounts {
  /** The level of the search: all runs of fewer steps than this were explored. */
  readonly depth: number;
  readonly seconds: number;
  /** The memory of the whole process, in bytes. */
  readonly bytes: number;
}

/** The result of an exploration. */
export interface Explored extends ExplorationProgress, SearchCoverage {
  readonly ending: ExplorationEnding;
  /** How many states are expected to have been missed, because their hash equals that of another state. */
  readonly missed: number;
  readonly trace: ExploredTrace | undefined;
}

/** No limits at all. The caller must bound memory where the space may be large. */
export const noLimits: ExplorationLimits = {
  depth: Infinity,
  states: Infinity,
  seconds: Infinity,
  bytes: Infinity,
  settleOneIn: 0,
};

/** Callbacks of an exploration: one hears how far it has come, the other ends it by returning true. */
export interface ExplorationCallbacks {
  readonly onProgress?: (progress: ExplorationProgress) => void;
  readonly isInterrupted?: () => boolean;
}

/**
 * Explores every run within the bounds, shortest first, until a property breaks or a limit is reached. The implementation
 * itself runs, and the properties judge each of its steps. The result depends only on the subject and the limits, unless
 * time, memory or an interruption ends the search.
 */
export async function explore(
  subject: ExplorationSubject,
  limits: ExplorationLimits,
  callbacks: ExplorationCallbacks = {},
): Promise<Explored> {
  return exploreWith(new SingleThreadSearch(subject, limits.settleOneIn), limits, callbacks);
}

/**
 * Explores by any search engine. Depth-first, or with several threads, the violating run that is found need not be a
 * shortest one.
 */
export async function exploreWith(
  engine: SearchEngine,
  limits: ExplorationLimits,
  { onProgress = () => {}, isInterrupted = () => false }: ExplorationCallbacks = {},
): Promise<Explored> {
  const start = performance.now();
  let depth = 0;
  const progress = (): ExplorationProgress => {
    const { states, transitions, settled } = engine.counts;
    const seconds = (performance.now() - start) / 1000;
    return { depth, states, transitions, settled, seconds, bytes: process.memoryUsage.rss() };
  };
  const checkLimits = async (): Promise<ExplorationEnding | undefined> => {
    const now = progress();
    onProgress(now);
    await setImmediate();
    if (isInterrupted()) return 'interrupted';
    if (now.states >= limits.states) return 'states';
    if (now.seconds >= limits.seconds) return 'seconds';
    return growIfFull(engine, now, limits.bytes) ? undefined : 'memory';
  };

  let ending: ExplorationEnding | ExploredTrace | undefined;
  while (ending === undefined) {
    ending = await wholePhase(engine, checkLimits);
    if (ending === undefined && depth >= limits.depth) ending = 'depth';
    if (ending !== undefined) break;
    await engine.beginSteps();
    ending = await wholePhase(engine, checkLimits);
    if (ending !== undefined) break;
    if ((await engine.beginLevel()) === 0) ending = 'exhausted';
    else depth++;
  }
  const { reached, branches } = await engine.coverage();
  return {
    ...progress(),
    ending: typeof ending === 'string' ? ending : 'violation',
    missed: expectedCollisions(engine.counts.states),
    trace: typeof ending === 'string' ? undefined : ending,
    reached,
    branches: new Map([...branches].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** Expands the whole level in its present phase, unless a violation or a limit ends that. */
async function wholePhase(
  engine: SearchEngine,
  checkLimits: () => Promise<ExplorationEnding | undefined>,
): Promise<ExplorationEnding | ExploredTrace | undefined> {
  for (;;) {
    const outcome = await engine.expand();
    if (typeof outcome !== 'boolean') return outcome;
    const ending = await checkLimits();
    if (ending !== undefined || !outcome) return ending;
  }
}

/** Doubles the table of visited states when it is crowded. Returns false if there is too little memory. */
function growIfFull(engine: SearchEngine, { states, bytes }: ExplorationProgress, most: number): boolean {
  if (bytes > most) return false;
  const { visited } = engine;
  if (!visited.isCrowdedBy(states)) return true;
  if (bytes + 2 * visited.table.byteLength > most) return false;
  engine.visited = visited.doubled();
  return true;
}
