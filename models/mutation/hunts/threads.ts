import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Settings } from './digest.ts';
import type { HuntOrder, HuntReply, HuntTarget } from './worker.ts';

/** One hunt of a mutation run. */
export interface HuntTask extends HuntOrder {
  readonly mutant: Mutant;
}

/** Who watches over a mutation run. */
export interface MutationRunCallbacks {
  /** Asked after the first answer of each thread, for threads load the code as it is then. Throws to end the mutation run. */
  readonly verifyCode: (mutant: Mutant) => Promise<void>;
  readonly onStart: (task: HuntTask) => void;
  readonly onDone: (answer: HuntReply, task: HuntTask) => void;
}

/**
 * Does all tasks in so many threads, in about this order: each takes the next as soon as it is free. When the signal is
 * given, all end at once, and what they were doing is lost.
 */
export async function huntAll(
  tasks: readonly HuntTask[],
  settings: Settings,
  threads: number,
  { verifyCode: check, onStart: begun, onDone: done }: MutationRunCallbacks,
  signal: AbortSignal,
): Promise<void> {
  const queue = tasks.values();
  const hunters = Array.from({ length: threads }, () => new HuntThread(settings, check));
  const work = async (hunter: HuntThread): Promise<void> => {
    for (const task of queue) {
      if (signal.aborted) return;
      begun(task);
      const answer = await hunter.hunt(task, signal);
      if (answer === undefined) return;
      done(answer, task);
    }
  };
  // Threads that nobody ends would keep the process from ending.
  await Promise.all(hunters.map(work)).finally(() => Promise.all(hunters.map((hunter) => hunter.end())));
}

/**
 * One thread at a time, and another one for each mutant: a hunt should be as fast as if there were no other
 * implementation for the engine to know.
 */
class HuntThread {
  private readonly settings: Settings;
  private readonly check: MutationRunCallbacks['verifyCode'];
  private mutant: Mutant | undefined;
  private worker: Worker | undefined;
  private isChecked = false;

  constructor(settings: Settings, check: MutationRunCallbacks['verifyCode']) {
    this.settings = settings;
    this.check = check;
  }

  /** Yields undefined if the signal is given before there is an answer. */
  async hunt({ mutant, seed, shorten }: HuntTask, signal: AbortSignal): Promise<HuntReply | undefined> {
    const worker = await this.workerFor(mutant);
    const order: HuntOrder = { seed, shorten };
    worker.postMessage(order);
    const answer = await answerOf(worker, signal).catch((cause: unknown) => {
      throw new Error(`The hunt for ${mutant.name} with seed ${seed} came to grief.`, { cause });
    });
    if (answer === undefined || this.isChecked) return answer;
    await this.check(mutant);
    this.isChecked = true;
    return answer;
  }

  async end(): Promise<void> {
    await this.worker?.terminate();
  }

  private async workerFor(mutant: Mutant): Promise<Worker> {
    if (this.worker !== undefined && this.mutant === mutant) return this.worker;
    await this.end();
    const quarry: HuntTarget = { ...this.settings, mutant };
    this.mutant = mutant;
    this.isChecked = false;
    this.worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: quarry });
    return this.worker;
  }
}

/** The next answer, or undefined if the signal is given before. */
async function answerOf(worker: Worker, signal: AbortSignal): Promise<HuntReply | undefined> {
  try {
    const [answer]: HuntReply[] = await once(worker, 'message', { signal });
    return answer;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
