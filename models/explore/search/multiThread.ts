import { Worker } from 'node:worker_threads';
import { Tally } from '../../checking/coverage/tally.ts';
import type { Recipe } from '../space/recipe.ts';
import type { Trace } from '../space/trace.ts';
import type { Counts, Coverage, Crew } from './engine.ts';
import { Visited } from './visited.ts';
import type { Answer, Order, Task } from './worker.ts';

/** A level of fewer states for each thread is not worth sharing out. */
const worthSharing = 500;

/** For so long nobody hears from the threads. All stop at the same time, so that none waits for the others. */
const millisecondsAtOnce = 250;

/**
 * A crew of several threads. Each has its own parts and its own queue, and all share the set of visited states. At
 * first all do the same; when a level is large enough each keeps its share of it, and from then on what it is the first
 * to find. So no state ever goes from one to another, and a path lies in one thread whole.
 */
export class Threads implements Crew {
  private readonly members: readonly Member[];
  private answers: readonly Answer[];
  private table: Visited;
  private isShared = false;

  private constructor(members: readonly Member[], answers: readonly Answer[]) {
    this.members = members;
    this.answers = answers;
    this.table = new Visited(first(answers).table);
  }

  /** Starts so many threads. Throws if they cannot do what they are told, as for a mutant that does not fit. */
  static async start(recipe: Recipe, settleOneIn: number, threads: number): Promise<Threads> {
    const task: Task = { recipe, settleOneIn };
    const members = Array.from({ length: threads }, () => new Member(task));
    const answers = await Promise.all(members.map((member) => member.answer));
    return new Threads(members, answers);
  }

  get counts(): Counts {
    const own = this.isShared ? this.answers : this.answers.slice(0, 1);
    const sum = (count: (counts: Counts) => number) =>
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
    this.members.forEach((member, index) => {
      const isOwn = this.isShared || index === 0;
      member.tell({ do: 'use', table: isOwn ? visited.table : visited.copied().table });
    });
  }

  async expand(): Promise<Trace | boolean> {
    const states = this.table.table.length / 2 / 16 / this.members.length;
    await this.tellAll({ do: 'expand', milliseconds: this.isShared ? millisecondsAtOnce : 0, states });
    if (!this.isShared) this.table = new Visited(first(this.answers).table);
    const outcomes = this.answers.map(({ outcome }) => outcome);
    return outcomes.find((outcome) => typeof outcome !== 'boolean') ?? outcomes.includes(true);
  }

  async beginSteps(): Promise<void> {
    await this.tellAll({ do: 'begin-steps' });
  }

  async beginLevel(): Promise<number> {
    await this.tellAll({ do: 'begin-level' });
    const levels = this.answers.map(({ level }) => level);
    if (this.isShared) return levels.reduce((sum, level) => sum + level, 0);
    const [level = 0] = levels;
    if (level >= worthSharing * this.members.length) await this.share();
    return level;
  }

  async coverage(): Promise<Coverage> {
    await this.tellAll({ do: 'report' });
    const reached = new Tally();
    const branches = new Map<string, number>();
    for (const answer of this.isShared ? this.answers : this.answers.slice(0, 1)) {
      reached.add({ counts: answer.reached });
      for (const [branch, times] of answer.branches)
        branches.set(branch, (branches.get(branch) ?? 0) + times);
    }
    return { reached, branches };
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.end()));
  }

  private async share(): Promise<void> {
    const { table } = this.table;
    const of = this.members.length;
    this.answers = await Promise.all(
      this.members.map((member, share) => member.tell({ do: 'keep', share, of, table })),
    );
    this.isShared = true;
  }

  private async tellAll(order: Order): Promise<void> {
    this.answers = await Promise.all(this.members.map((member) => member.tell(order)));
  }
}

/** One thread, which answers one order after the other. */
class Member {
  /** The answer to the last order. */
  answer: Promise<Answer>;
  private readonly worker: Worker;

  constructor(task: Task) {
    this.worker = new Worker(new URL('./thread.mjs', import.meta.url), {
      workerData: task,
      resourceLimits: { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 8192 },
    });
    this.answer = this.nextAnswer();
  }

  tell(order: Order): Promise<Answer> {
    this.answer = this.answer.then(() => {
      const answer = this.nextAnswer();
      this.worker.postMessage(order);
      return answer;
    });
    return this.answer;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private nextAnswer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.worker.once('error', reject);
      this.worker.once('message', (answer: Answer) => {
        this.worker.off('error', reject);
        resolve(answer);
      });
    });
  }
}

function first(answers: readonly Answer[]): Answer {
  const [answer] = answers;
  if (answer === undefined) throw new RangeError('A crew needs at least one thread.');
  return answer;
}
