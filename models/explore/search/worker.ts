import { parentPort, workerData } from 'node:worker_threads';
import { type Recipe, subjectBy } from '../space/recipe.ts';
import type { Trace } from '../space/trace.ts';
import { Alone, type Counts } from './engine.ts';
import { Visited } from './visited.ts';

/** What a thread is told when it starts. */
export interface Task {
  readonly recipe: Recipe;
  readonly settleOneIn: number;
}

/** What a thread is told to do. Each order is answered once. */
export type Order =
  /** Expand states for so long, and until so many were found, if there are any. */
  | { readonly do: 'expand'; readonly milliseconds: number; readonly states: number }
  | { readonly do: 'begin-steps' }
  | { readonly do: 'begin-level' }
  /** From now on only this share of the level is the thread's own, and what it finds from there. */
  | { readonly do: 'keep'; readonly share: number; readonly of: number; readonly table: Int32Array }
  | { readonly do: 'use'; readonly table: Int32Array }
  | { readonly do: 'report' };

/** What a thread answers to every order. */
export interface Answer {
  readonly counts: Counts;
  /** The trace that was found, or whether there may be more to expand. */
  readonly outcome: Trace | boolean;
  /** How many states the level holds so far. */
  readonly level: number;
  readonly table: Int32Array;
  /** Only in a report: how often each coverage mark was reached, and each branch taken. */
  readonly reached: readonly number[];
  readonly branches: readonly (readonly [string, number])[];
}

const port = parentPort;
if (port !== null) {
  const { recipe, settleOneIn }: Task = workerData;
  const crew = new Alone(await subjectBy(recipe), settleOneIn);
  port.on('message', async (order: Order) => port.postMessage(await obey(crew, order)));
  port.postMessage(answerOf(crew));
}

async function obey(crew: Alone, order: Order): Promise<Answer> {
  switch (order.do) {
    case 'expand':
      return answerOf(crew, { outcome: await expand(crew, order) });
    case 'begin-steps':
      await crew.beginSteps();
      return answerOf(crew);
    case 'begin-level':
      return answerOf(crew, { level: await crew.beginLevel() });
    case 'keep':
      crew.visited = new Visited(order.table);
      crew.search.keep(order.share, order.of);
      return answerOf(crew);
    case 'use':
      crew.visited = new Visited(order.table);
      return answerOf(crew);
    case 'report': {
      const { reached, branches } = await crew.coverage();
      return answerOf(crew, { reached: reached.counts, branches: [...branches] });
    }
  }
}

async function expand(
  crew: Alone,
  { milliseconds, states }: Order & { readonly do: 'expand' },
): Promise<Trace | boolean> {
  const [start, found] = [performance.now(), crew.counts.states];
  for (;;) {
    const outcome = await crew.expand();
    if (outcome !== true || performance.now() - start >= milliseconds) return outcome;
    if (crew.counts.states - found >= states) return true;
  }
}

function answerOf(crew: Alone, more: Partial<Answer> = {}): Answer {
  const { states, transitions, settled } = crew.counts;
  return {
    counts: { states, transitions, settled },
    outcome: false,
    level: 0,
    table: crew.visited.table,
    reached: [],
    branches: [],
    ...more,
  };
}
