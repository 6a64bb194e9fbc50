import { Worker } from 'node:worker_threads';
import { Tally } from '../../checking/coverage/tally.ts';
import type { Recipe } from '../space/recipe.ts';
import type { ExploredTrace } from '../space/trace.ts';
import type { SearchCounts, SearchCoverage, SearchEngine } from './engine.ts';
import { Visited } from './visited.ts';
import type { SearchCommand, SearchReply, SearchTask } from './worker.ts';

/** A level is shared out when it has so many states for each thread. */
const worthSharing = 500;

/** How long the threads expand states before they report, in milliseconds. All stop at the same time. */
const millisecondsAtOnce = 250;

/**
 * A search by several threads. Each has its own parts and its own queue, and all share the set of visited states. At
 * first all do the same. When a level is large enough, each keeps its share of it, and from then on the states that it is
 * the first to find. So no state goes from one thread to another, and one thread holds a whole path.
 */
export class MultiThreadSearch implements SearchEngine {
  private readonly threads: readonly SearchThread[];
  private replies: readonly SearchReply[];
  private table: Visited;
  private isShared = false;

  private constructor(threads: readonly SearchThread[], replies: readonly SearchReply[]) {
    this.threads = threads;
    this.replies = replies;
    this.table = new Visited(first(replies).table);
  }

  /** Starts the threads. Throws if they cannot make the subject, as for a stale mutant. */
  static async start(recipe: Recipe, settleOneIn: number, count: number): Promise<MultiThreadSearch> {
    const task: SearchTask = { recipe, settleOneIn };
    const threads = Array.from({ length: count }, () => new SearchThread(task));
    const replies = await Promise.all(threads.map((thread) => thread.reply));
    return new MultiThreadSearch(threads, replies);
  }

  get counts(): SearchCounts {
    const own = this.isShared ? this.replies : this.replies.slice(0, 1);
    const sum = (count: (counts: SearchCounts) => number) =>
      own.reduce((total, { counts }) => total + count(counts), 0);
    return {
      states: sum(({ states }) => states),
      transitions: sum(({ transitions }) => transitions),
      settled: sum(({ settled }) => settled),
    };
  }

  get visited(): Visited {
    return this.table;
  }

  set visited(visited: Visited) {
    this.table = visited;
    this.threads.forEach((thread, index) => {
      const isOwn = this.isShared || index === 0;
      thread.send({ do: 'use', table: isOwn ? visited.table : visited.copied().table });
    });
  }

  async expand(): Promise<ExploredTrace | boolean> {
    const states = this.table.table.length / 2 / 16 / this.threads.length;
    await this.sendAll({ do: 'expand', milliseconds: this.isShared ? millisecondsAtOnce : 0, states });
    if (!this.isShared) this.table = new Visited(first(this.replies).table);
    const outcomes = this.replies.map(({ outcome }) => outcome);
    return outcomes.find((outcome) => typeof outcome !== 'boolean') ?? outcomes.includes(true);
  }

  async beginSteps(): Promise<void> {
    await this.sendAll({ do: 'begin-steps' });
  }

  async beginLevel(): Promise<number> {
    await this.sendAll({ do: 'begin-level' });
    const levels = this.replies.map(({ level }) => level);
    if (this.isShared) return levels.reduce((sum, level) => sum + level, 0);
    const [level = 0] = levels;
    if (level >= worthSharing * this.threads.length) await this.share();
    return level;
  }

  async coverage(): Promise<SearchCoverage> {
    await this.sendAll({ do: 'report' });
    const reached = new Tally();
    const branches = new Map<string, number>();
    for (const reply of this.isShared ? this.replies : this.replies.slice(0, 1)) {
      reached.add({ counts: reply.reached });
      for (const [branch, times] of reply.branches) branches.set(branch, (branches.get(branch) ?? 0) + times);
    }
    return { reached, branches };
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.end()));
  }

  private async share(): Promise<void> {
    const { table } = this.table;
    const of = this.threads.length;
    this.replies = await Promise.all(
      this.threads.map((thread, share) => thread.send({ do: 'keep', share, of, table })),
    );
    this.isShared = true;
  }

  private async sendAll(command: SearchCommand): Promise<void> {
    this.replies = await Promise.all(this.threads.map((thread) => thread.send(command)));
  }
}

/** One worker thread, which executes one command after the other. */
class SearchThread {
  /** The reply to the last command. */
  reply: Promise<SearchReply>;
  private readonly worker: Worker;

  constructor(task: SearchTask) {
    this.worker = new Worker(new URL('./thread.mjs', import.meta.url), {
      workerData: task,
      resourceLimits: { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 8192 },
    });
    this.reply = this.nextReply();
  }

  send(command: SearchCommand): Promise<SearchReply> {
    this.reply = this.reply.then(() => {
      const reply = this.nextReply();
      this.worker.postMessage(command);
      return reply;
    });
    return this.reply;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private nextReply(): Promise<SearchReply> {
    return new Promise((resolve, reject) => {
      this.worker.once('error', reject);
      this.worker.once('message', (reply: SearchReply) => {
        this.worker.off('error', reject);
        resolve(reply);
      });
    });
  }
}

function first(replies: readonly SearchReply[]): SearchReply {
  const [reply] = replies;
  if (reply === undefined) throw new RangeError('A search needs at least one thread.');
  return reply;
}
