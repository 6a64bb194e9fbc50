import { setImmediate } from 'node:timers/promises';
import type { Phase } from '../hunt/run.ts';
import type { Violation } from '../model.ts';
import type { Tally } from '../situations/tally.ts';
import type { EventRecord } from '../world/event.ts';
import { expectedCollisions } from './hash.ts';
import { type Breach, Search } from './search.ts';
import { Space } from './space.ts';
import type { Subject } from './subject.ts';
import { eventsAlong, violationOf } from './trace.ts';
import { Visited } from './visited.ts';

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

/** Why an exploration ended: because there was nothing left, or a claim was broken, or at one of its limits. */
export type Ending = 'exhausted' | 'violation' | 'depth' | 'states' | 'seconds' | 'memory' | 'interrupted';

/** How far an exploration came. */
export interface Progress {
  /** The level at which the search is: all runs of fewer steps than this were looked at. */
  readonly depth: number;
  readonly states: number;
  readonly transitions: number;
  readonly settled: number;
  readonly seconds: number;
  /** The memory of the whole process. */
  readonly bytes: number;
}

/** What came of an exploration. */
export interface Explored extends Progress {
  readonly ending: Ending;
  /** How many states are to be expected that were taken for others because their hashes are the same. */
  readonly missed: number;
  readonly trace: Trace | undefined;
  readonly reached: Tally;
  /** By input and what came of it, such as `PREPARE: taken`: how often. */
  readonly branches: ReadonlyMap<string, number>;
}

/** A shortest run that breaks a claim. */
export interface Trace {
  readonly records: readonly EventRecord[];
  readonly violation: Violation;
  readonly phase: Phase;
}

/** No limits but those of the machine: memory is for the caller to bound. */
export const unlimited: Limits = {
  depth: Infinity,
  states: Infinity,
  seconds: Infinity,
  bytes: Infinity,
  settleOneIn: 0,
};

const statesBetweenLooks = 2000;
const smallestTable = 16;

/**
 * Looks at every run within the bounds, shortest first, until a claim breaks or a limit is reached. The implementation
 * itself runs, and the claims judge each of its steps. The result depends on nothing but the subject and the limits,
 * except that seconds, memory and interruptions end it where they may.
 */
export async function explore(
  subject: Subject,
  limits: Limits,
  tell: (progress: Progress) => void = () => {},
  interrupted: () => boolean = () => false,
): Promise<Explored> {
  const start = performance.now();
  const space = new Space(subject);
  const sampling = { claims: subject.claims, oneIn: limits.settleOneIn };
  const search = new Search(space, new Visited(Visited.allocate(smallestTable)), sampling);
  let depth = 0;
  const progress = (): Progress => ({
    depth,
    states: search.states,
    transitions: search.transitions,
    settled: search.settled,
    seconds: (performance.now() - start) / 1000,
    bytes: process.memoryUsage.rss(),
  });
  const look = async (): Promise<Ending | undefined> => {
    const now = progress();
    tell(now);
    await setImmediate();
    if (interrupted()) return 'interrupted';
    if (now.states >= limits.states) return 'states';
    if (now.seconds >= limits.seconds) return 'seconds';
    return growIfFull(search, now.bytes, limits.bytes) ? undefined : 'memory';
  };

  let ending: Ending | Breach | undefined;
  while (ending === undefined) {
    ending = await wholePhase(search, look);
    if (ending === undefined && depth >= limits.depth) ending = 'depth';
    if (ending !== undefined) break;
    search.beginSteps();
    ending = await wholePhase(search, look);
    if (ending !== undefined) break;
    if (search.beginLevel() === 0) ending = 'exhausted';
    else depth++;
  }
  const trace = typeof ending === 'string' ? undefined : traceOf(subject, space, ending);
  return {
    ...progress(),
    ending: typeof ending === 'string' ? ending : 'violation',
    missed: expectedCollisions(search.states),
    trace,
    reached: search.reached,
    branches: branchesOf(space),
  };
}

/** Expands the whole level in its present phase, unless something ends that. */
async function wholePhase(
  search: Search,
  look: () => Promise<Ending | undefined>,
): Promise<Ending | Breach | undefined> {
  for (;;) {
    const expanded = search.expand(statesBetweenLooks);
    if (typeof expanded !== 'number') return expanded;
    const ending = await look();
    if (ending !== undefined || expanded < statesBetweenLooks) return ending;
  }
}

/** Makes room for more states before the table is crowded. Yields false if there is no memory for that. */
function growIfFull(search: Search, used: number, most: number): boolean {
  if (used > most) return false;
  const { visited } = search;
  if (!visited.isCrowded) return true;
  if (used + 2 * visited.table.byteLength > most) return false;
  search.visited = visited.doubled();
  return true;
}

function traceOf(subject: Subject, space: Space, { path, phase, violation }: Breach): Trace {
  const records = eventsAlong(space, path);
  return { records, phase, violation: phase === 'settling' ? violation : violationOf(subject, records) };
}

function branchesOf({ effects, uses }: Space): ReadonlyMap<string, number> {
  const branches = new Map<string, number>();
  for (const { branch, number } of effects.all)
    branches.set(branch, (branches.get(branch) ?? 0) + (uses[number] ?? 0));
  return new Map([...branches].sort(([one], [other]) => (one < other ? -1 : 1)));
}
