import { setImmediate } from 'node:timers/promises';
import { Alone, type Counts, type Coverage, type Crew } from './search/engine.ts';
import type { Subject } from './space/subject.ts';
import type { Trace } from './space/trace.ts';
import { expectedCollisions } from './states/hash.ts';

/** When an exploration has had enough, although the space has more. */
export interface Limits {
  /** No run longer than this many steps is looked at. */
  readonly depth: number;
  readonly states: number;
  readonly seconds: number;
  /** Of the whole process. */
  readonly bytes: number;
  /** One in so many states is left to settle; 0 means none. */
  readonly settleOneIn: number;
}

/** Why an exploration ended: because there was nothing left, or a property was broken, or at one of its limits. */
export type Ending = 'exhausted' | 'violation' | 'depth' | 'states' | 'seconds' | 'memory' | 'interrupted';

/** How far an exploration came. */
export interface Progress extends Counts {
  /** The level at which the search is: all runs of fewer steps than this were looked at. */
  readonly depth: number;
  readonly seconds: number;
  /** The memory of the whole process. */
  readonly bytes: number;
}

/** What came of an exploration. */
export interface Explored extends Progress, Coverage {
  readonly ending: Ending;
  /** How many states are to be expected that were taken for others because their hashes are the same. */
  readonly missed: number;
  readonly trace: Trace | undefined;
}

/** No limits but those of the machine: memory is for the caller to bound. */
export const unlimited: Limits = {
  depth: Infinity,
  states: Infinity,
  seconds: Infinity,
  bytes: Infinity,
  settleOneIn: 0,
};

/** Who is told how far the search has come, and who may ask for its end. */
export interface Watch {
  readonly tell?: (progress: Progress) => void;
  readonly interrupted?: () => boolean;
}

/**
 * Looks at every run within the bounds, shortest first, until a property breaks or a limit is reached. The implementation
 * itself runs, and the properties judge each of its steps. The result depends on nothing but the subject and the limits,
 * except that seconds, memory and interruptions end it where they may.
 */
export async function explore(subject: Subject, limits: Limits, watch: Watch = {}): Promise<Explored> {
  return exploreWith(new Alone(subject, limits.settleOneIn), limits, watch);
}

/** The same with any crew. Depth-first, and with several threads, which one of several runs is found is left open. */
export async function exploreWith(
  crew: Crew,
  limits: Limits,
  { tell = () => {}, interrupted = () => false }: Watch = {},
): Promise<Explored> {
  const start = performance.now();
  let depth = 0;
  const progress = (): Progress => {
    const { states, transitions, settled } = crew.counts;
    const seconds = (performance.now() - start) / 1000;
    return { depth, states, transitions, settled, seconds, bytes: process.memoryUsage.rss() };
  };
  const look = async (): Promise<Ending | undefined> => {
    const now = progress();
    tell(now);
    await setImmediate();
    if (interrupted()) return 'interrupted';
    if (now.states >= limits.states) return 'states';
    if (now.seconds >= limits.seconds) return 'seconds';
    return growIfFull(crew, now, limits.bytes) ? undefined : 'memory';
  };

  let ending: Ending | Trace | undefined;
  while (ending === undefined) {
    ending = await wholePhase(crew, look);
    if (ending === undefined && depth >= limits.depth) ending = 'depth';
    if (ending !== undefined) break;
    await crew.beginSteps();
    ending = await wholePhase(crew, look);
    if (ending !== undefined) break;
    if ((await crew.beginLevel()) === 0) ending = 'exhausted';
    else depth++;
  }
  const { reached, branches } = await crew.coverage();
  return {
    ...progress(),
    ending: typeof ending === 'string' ? ending : 'violation',
    missed: expectedCollisions(crew.counts.states),
    trace: typeof ending === 'string' ? undefined : ending,
    reached,
    branches: new Map([...branches].sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

/** Expands the whole level in its present phase, unless something ends that. */
async function wholePhase(
  crew: Crew,
  look: () => Promise<Ending | undefined>,
): Promise<Ending | Trace | undefined> {
  for (;;) {
    const outcome = await crew.expand();
    if (typeof outcome !== 'boolean') return outcome;
    const ending = await look();
    if (ending !== undefined || !outcome) return ending;
  }
}

/** Makes room for more states before the table is crowded. Yields false if there is no memory for that. */
function growIfFull(crew: Crew, { states, bytes }: Progress, most: number): boolean {
  if (bytes > most) return false;
  const { visited } = crew;
  if (!visited.isCrowdedBy(states)) return true;
  if (bytes + 2 * visited.table.byteLength > most) return false;
  crew.visited = visited.doubled();
  return true;
}
