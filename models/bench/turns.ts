import type { SearchCounts, SearchCoverage, SearchEngine } from '../explore/search/engine.ts';
import type { Visited } from '../explore/search/visited.ts';
import type { ExploredTrace } from '../explore/space/trace.ts';

/** Crews that work one at a time, so that whatever else the machine does slows all of them alike. */
export class Turns {
  private turn: Promise<unknown> = Promise.resolve();

  /** A crew that does the same as this one, each order in its turn. */
  of(crew: SearchEngine): TimedCrew {
    return new TimedCrew(crew, (work) => {
      const mine = this.turn.then(work);
      this.turn = mine.catch(() => {});
      return mine;
    });
  }
}

/** A crew whose work is timed. */
export class TimedCrew implements SearchEngine {
  /** How long it worked so far. */
  seconds = 0;
  /** How long all processors worked meanwhile. */
  cpu = 0;
  private readonly crew: SearchEngine;
  private readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;

  constructor(crew: SearchEngine, inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>) {
    this.crew = crew;
    this.inTurn = inTurn;
  }

  get counts(): SearchCounts {
    return this.crew.counts;
  }

  get visited(): Visited {
    return this.crew.visited;
  }

  set visited(visited: Visited) {
    this.crew.visited = visited;
  }

  expand(): Promise<ExploredTrace | boolean> {
    return this.timed(() => this.crew.expand());
  }

  beginSteps(): Promise<void> {
    return this.timed(() => this.crew.beginSteps());
  }

  beginLevel(): Promise<number> {
    return this.timed(() => this.crew.beginLevel());
  }

  coverage(): Promise<SearchCoverage> {
    return this.crew.coverage();
  }

  close(): Promise<void> {
    return this.crew.close();
  }

  private timed<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.inTurn(async () => {
      const [start, before] = [performance.now(), process.cpuUsage()];
      const result = await work();
      const { user, system } = process.cpuUsage(before);
      this.seconds += (performance.now() - start) / 1000;
      this.cpu += (user + system) / 1e6;
      return result;
    });
  }
}

/**
 * Two crews that search the same space at the same time and share nothing: what they find together, each state counted
 * twice, is the most that the machine lets two threads do.
 */
export class Apart implements SearchEngine {
  private readonly one: SearchEngine;
  private readonly other: SearchEngine;

  constructor(one: SearchEngine, other: SearchEngine) {
    this.one = one;
    this.other = other;
  }

  get counts(): SearchCounts {
    const [one, other] = [this.one.counts, this.other.counts];
    return {
      states: one.states + other.states,
      transitions: one.transitions + other.transitions,
      settled: one.settled + other.settled,
    };
  }

  /** That of the one. Both need a larger one at about the same time, and each is asked after its own. */
  get visited(): Visited {
    return this.one.visited;
  }

  set visited(visited: Visited) {
    this.one.visited = visited;
    this.other.visited = this.other.visited.doubled();
  }

  async expand(): Promise<ExploredTrace | boolean> {
    const [one, other] = await Promise.all([this.one.expand(), this.other.expand()]);
    if (typeof one !== 'boolean' || typeof other !== 'boolean') return typeof one === 'boolean' ? other : one;
    return one || other;
  }

  async beginSteps(): Promise<void> {
    await Promise.all([this.one.beginSteps(), this.other.beginSteps()]);
  }

  async beginLevel(): Promise<number> {
    const [one, other] = await Promise.all([this.one.beginLevel(), this.other.beginLevel()]);
    return one + other;
  }

  coverage(): Promise<SearchCoverage> {
    return this.one.coverage();
  }

  async close(): Promise<void> {
    await Promise.all([this.one.close(), this.other.close()]);
  }
}
