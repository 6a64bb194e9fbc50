import { parentPort, workerData } from 'node:worker_threads';
import { type Recipe, subjectFrom } from '../space/recipe.ts';
import type { ExploredTrace } from '../space/trace.ts';
import type { SearchCounts } from './engine.ts';
import { SingleThreadSearch } from './singleThread.ts';
import { Visited } from './visited.ts';

/** What a worker thread is given when it starts. */
export interface SearchTask {
  readonly recipe: Recipe;
  readonly settleOneIn: number;
}

/** A command to a worker thread. Each gets one reply. */
export type SearchCommand =
  /** Expands states for so long, or until so many were found, or until there are none left. */
  | { readonly do: 'expand'; readonly milliseconds: number; readonly states: number }
  | { readonly do: 'begin-steps' }
  | { readonly do: 'begin-level' }
  /** Keeps only this share of the level. */
  | { readonly do: 'keep'; readonly share: number; readonly of: number; readonly table: Int32Array }
  | { readonly do: 'use'; readonly table: Int32Array }
  | { readonly do: 'report' };

/** A worker thread's reply to a command. */
export interface SearchReply {
  readonly counts: SearchCounts;
  /** The violating trace, or whether there may be more states to expand in this phase. */
  readonly outcome: ExploredTrace | boolean;
  /** How many states the level holds so far. */
  readonly level: number;
  readonly table: Int32Array;
  /** How often each coverage mark was reached and each branch taken; empty in all replies but that to 'report'. */
  readonly reached: readonly number[];
  readonly branches: readonly (readonly [string, number])[];
}

const port = parentPort;
if (port !== null) {
  const { recipe, settleOneIn }: SearchTask = workerData;
  const engine = new SingleThreadSearch(await subjectFrom(recipe), settleOneIn);
  port.on('message', async (command: SearchCommand) => port.postMessage(await execute(engine, command)));
  port.postMessage(replyOf(engine));
}

async function execute(engine: SingleThreadSearch, command: SearchCommand): Promise<SearchReply> {
  switch (command.do) {
    case 'expand':
      return replyOf(engine, { outcome: await expand(engine, command) });
    case 'begin-steps':
      await engine.beginSteps();
      return replyOf(engine);
    case 'begin-level':
      return replyOf(engine, { level: await engine.beginLevel() });
    case 'keep':
      engine.visited = new Visited(command.table);
      engine.search.keepShare(command.share, command.of);
      return replyOf(engine);
    case 'use':
      engine.visited = new Visited(command.table);
      return replyOf(engine);
    case 'report': {
      const { reached, branches } = await engine.coverage();
      return replyOf(engine, { reached: reached.counts, branches: [...branches] });
    }
  }
}

async function expand(
  engine: SingleThreadSearch,
  { milliseconds, states }: SearchCommand & { readonly do: 'expand' },
): Promise<ExploredTrace | boolean> {
  const [start, found] = [performance.now(), engine.counts.states];
  for (;;) {
    const outcome = await engine.expand();
    if (outcome !== true || performance.now() - start >= milliseconds) return outcome;
    if (engine.counts.states - found >= states) return true;
  }
}

function replyOf(engine: SingleThreadSearch, more: Partial<SearchReply> = {}): SearchReply {
  const { states, transitions, settled } = engine.counts;
  return {
    counts: { states, transitions, settled },
    outcome: false,
    level: 0,
    table: engine.visited.table,
    reached: [],
    branches: [],
    ...more,
  };
}
