import type { Tally } from '../../checking/coverage/tally.ts';
import { Space } from '../space/space.ts';
import type { Subject } from '../space/subject.ts';
import { eventsAlong, type Trace, violationOf } from '../space/trace.ts';
import { type Breach, Search, type SearchOrder } from './search.ts';
import { Visited } from './visited.ts';

/** How much has been found and done. */
export interface Counts {
  readonly states: number;
  readonly transitions: number;
  readonly settled: number;
}

/** What was met on the way. */
export interface Coverage {
  readonly reached: Tally;
  /** By input and what came of it, such as `PREPARE: taken`: how often. */
  readonly branches: ReadonlyMap<string, number>;
}

/** Whoever does the searching: this thread, or several others. */
export interface Crew {
  readonly counts: Counts;
  /** The set of visited states, which somebody must replace by a larger one before it is full. */
  visited: Visited;
  /**
   * Expands some states of the level in its present phase, not so many that nobody can look at the clock meanwhile, or
   * that the set of visited states fills up. Yields a run that breaks a property if one was found, or else whether there
   * may be more to expand.
   */
  expand(): Promise<Trace | boolean>;
  /** Goes on with the steps, once the free events of the level are done. */
  beginSteps(): Promise<void>;
  /** Goes on to the next level. Yields how many states it holds so far. */
  beginLevel(): Promise<number>;
  coverage(): Promise<Coverage>;
  close(): Promise<void>;
}

const statesAtOnce = 1000;

/** A crew of this thread alone. */
export class Alone implements Crew {
  readonly search: Search;
  private readonly subject: Subject;

  constructor(subject: Subject, settleOneIn: number, order: SearchOrder = 'breadth') {
    this.subject = subject;
    const sampling = { properties: subject.properties, oneIn: settleOneIn };
    this.search = new Search(new Space(subject), new Visited(Visited.allocate()), sampling, order);
  }

  get counts(): Counts {
    return this.search;
  }

  get visited(): Visited {
    return this.search.visited;
  }

  set visited(visited: Visited) {
    this.search.visited = visited;
  }

  async expand(): Promise<Trace | boolean> {
    const expanded = this.search.expand(statesAtOnce);
    return typeof expanded === 'number' ? expanded === statesAtOnce : this.traceOf(expanded);
  }

  async beginSteps(): Promise<void> {
    this.search.beginSteps();
  }

  async beginLevel(): Promise<number> {
    return this.search.beginLevel();
  }

  async coverage(): Promise<Coverage> {
    return { reached: this.search.reached, branches: this.branches() };
  }

  async close(): Promise<void> {}

  private branches(): ReadonlyMap<string, number> {
    const { effects, uses } = this.search.space;
    const branches = new Map<string, number>();
    for (const { branch, number } of effects.all)
      branches.set(branch, (branches.get(branch) ?? 0) + (uses[number] ?? 0));
    return branches;
  }

  private traceOf({ path, phase, violation }: Breach): Trace {
    const records = eventsAlong(this.search.space, path);
    return {
      records,
      phase,
      violation: phase === 'settling' ? violation : violationOf(this.subject, records),
    };
  }
}
