import type { SearchCounts, SearchCoverage, SearchEngine } from '../explore/search/engine.ts';
import type { Visited } from '../explore/search/visited.ts';
import type { ExploredTrace } from '../explore/space/trace.ts';

/** Lets search engines work one at a time, so that other load on the machine affects all alike. */
export class Turns {
  private turn: Promise<unknown> = Promise.resolve();

  /** An engine that does the same as this one, and waits for its turn before each call. */
  of(engine: SearchEngine): TimedSearch {
    return new TimedSearch(engine, (work) => {
      const mine = this.turn.then(work);
      this.turn = mine.catch(() => {});
      return mine;
    });
  }
}

/** An engine whose work is timed. */
class TimedSearch implements SearchEngine {
  /** How long it has worked so far. */
  seconds = 0;
  /** The CPU time of all processors meanwhile, in seconds. */
  cpu = 0;
  private readonly engine: SearchEngine;
  private readonly inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>;

  constructor(engine: SearchEngine, inTurn: <Result>(work: () => Promise<Result>) => Promise<Result>) {
    this.engine = engine;
    this.inTurn = inTurn;
  }

  get counts(): SearchCounts {
    return this.engine.counts;
  }

  get visited(): Visited {
    return this.engine.visited;
  }

  set visited(visited: Visited) {
    this.engine.visited = visited;
  }

  expand(): Promise<ExploredTrace | boolean> {
    return this.timed(() => this.engine.expand());
  }

  beginSteps(): Promise<void> {
    return this.timed(() => this.engine.beginSteps());
  }

  beginLevel(): Promise<number> {
    return this.timed(() => this.engine.beginLevel());
  }

  coverage(): Promise<SearchCoverage> {
    return this.engine.coverage();
  }

  close(): Promise<void> {
    return this.engine.close();
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
 * Two search engines that search the same space at the same time and share nothing. Their joint rate, counting each state
 * twice, bounds the rate of two threads on this machine.
 */
export class IndependentSearches implements SearchEngine {
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

  /** The visited set of the first engine. Both engines need a larger one at about the same time. */
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
