import { Space } from '../space/space.ts';
import type { ExplorationSubject } from '../space/subject.ts';
import { type ExploredTrace, eventsAlong, violationAlong } from '../space/trace.ts';
import type { SearchCounts, SearchCoverage, SearchEngine } from './engine.ts';
import { type FoundViolation, Search, type SearchOrder } from './search.ts';
import { Visited } from './visited.ts';

const statesAtOnce = 1000;

/** A search by the calling thread alone. */
export class SingleThreadSearch implements SearchEngine {
  readonly search: Search;
  private readonly subject: ExplorationSubject;

  constructor(subject: ExplorationSubject, settleOneIn: number, order: SearchOrder = 'breadth') {
    this.subject = subject;
    const sampling = { properties: subject.properties, oneIn: settleOneIn };
    this.search = new Search(new Space(subject), new Visited(Visited.allocate()), sampling, order);
  }

  get counts(): SearchCounts {
    return this.search;
  }

  get visited(): Visited {
    return this.search.visited;
  }

  set visited(visited: Visited) {
    this.search.visited = visited;
  }

  async expand(): Promise<ExploredTrace | boolean> {
    const expanded = this.search.expand(statesAtOnce);
    return typeof expanded === 'number' ? expanded === statesAtOnce : this.traceOf(expanded);
  }

  async beginSteps(): Promise<void> {
    this.search.beginSteps();
  }

  async beginLevel(): Promise<number> {
    return this.search.beginLevel();
  }

  async coverage(): Promise<SearchCoverage> {
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

  private traceOf({ path, phase, violation }: FoundViolation): ExploredTrace {
    const records = eventsAlong(this.search.space, path);
    return {
      records,
      phase,
      violation: phase === 'settling' ? violation : violationAlong(this.subject, records),
    };
  }
}
