import type { Tally } from '../../checking/coverage/tally.ts';
import type { ExploredTrace } from '../space/trace.ts';
import type { Visited } from './visited.ts';

/** How far a search has come. */
export interface SearchCounts {
  readonly states: number;
  readonly transitions: number;
  readonly settled: number;
}

/** What a search has met. */
export interface SearchCoverage {
  readonly reached: Tally;
  /** How often each branch was taken: an input and its outcome, such as `PREPARE: taken`. */
  readonly branches: ReadonlyMap<string, number>;
}

/** Searches a space: in the calling thread, or in several others. */
export interface SearchEngine {
  readonly counts: SearchCounts;
  /** The set of visited states. The caller must replace it by a larger one before it is full. */
  visited: Visited;
  /**
   * Expands some states of the level in its present phase: few enough that the caller can check limits, and that the set
   * of visited states cannot fill up. Returns a violating trace, or whether there may be more states to expand.
   */
  expand(): Promise<ExploredTrace | boolean>;
  /** Begins the level's second phase, the steps, once its free events are done. */
  beginSteps(): Promise<void>;
  /** Begins the next level. Returns how many states it holds so far. */
  beginLevel(): Promise<number>;
  coverage(): Promise<SearchCoverage>;
  /** Ends the threads of the search. */
  close(): Promise<void>;
}
