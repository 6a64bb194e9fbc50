import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Mutant } from '../../mutants/mutant.ts';
import type { Settings } from './digest.ts';
import type { HuntOrder, HuntReply, HuntTarget } from './worker.ts';

/** One hunt of a mutation run. */
export interface HuntTask extends HuntOrder {
  readonly mutant: Mutant;
}

/** Callbacks of a mutation run. */
export interface MutationRunCallbacks {
  /** Called after the first reply of each thread, because the thread loaded the code as it was then. Throws to end the run. */
  readonly verifyCode: (mutant: Mutant) => Promise<void>;
  readonly onStart: (task: HuntTask) => void;
  readonly onDone: (reply: HuntReply, task: HuntTask) => void;
}

/**
 * Does all tasks in several threads. Each thread takes the next task as soon as it is free. When the signal aborts, all
 * threads end at once, and their unfinished tasks have no results.
 */
export async function huntAll(
  tasks: readonly HuntTask[],
  settings: Settings,
  threads: number,
  { verifyCode, onStart, onDone }: MutationRunCallbacks,
  signal: AbortSignal,
): Promise<void> {
  const queue = tasks.values();
  const huntThreads = Array.from({ length: threads }, () => new HuntThread(settings, verifyCode));
  const work = async (thread: HuntThread): Promise<void> => {
    for (const task of queue) {
      if (signal.aborted) return;
      onStart(task);
      const reply = await thread.hunt(task, signal);
      if (reply === undefined) return;
      onDone(reply, task);
    }
  };
  // Threads that still run would keep the process from ending.
  await Promise.all(huntThreads.map(work)).finally(() =>
    Promise.all(huntThreads.map((thread) => thread.end())),
  );
}

/**
 * Runs hunts in one worker thread at a time, with a new thread for each mutant: a JavaScript engine that has seen another
 * implementation would run this one more slowly.
 */
class HuntThread {
  private readonly settings: Settings;
  private readonly verifyCode: MutationRunCallbacks['verifyCode'];
  private mutant: Mutant | undefined;
  private worker: Worker | undefined;
  private isVerified = false;

  constructor(settings: Settings, verifyCode: MutationRunCallbacks['verifyCode']) {
    this.settings = settings;
    this.verifyCode = verifyCode;
  }

  /** Returns undefined if the signal aborts before there is a reply. */
  async hunt({ mutant, seed, shorten }: HuntTask, signal: AbortSignal): Promise<HuntReply | undefined> {
    const worker = await this.workerFor(mutant);
    const order: HuntOrder = { seed, shorten };
    worker.postMessage(order);
    const reply = await replyOf(worker, signal).catch((cause: unknown) => {
      throw new Error(`The hunt for ${mutant.name} with seed ${seed} failed.`, { cause });
    });
    if (reply === undefined || this.isVerified) return reply;
    await this.verifyCode(mutant);
    this.isVerified = true;
    return reply;
  }

  async end(): Promise<void> {
    await this.worker?.terminate();
  }

  private async workerFor(mutant: Mutant): Promise<Worker> {
    if (this.worker !== undefined && this.mutant === mutant) return this.worker;
    await this.end();
    const target: HuntTarget = { ...this.settings, mutant };
    this.mutant = mutant;
    this.isVerified = false;
    this.worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: target });
    return this.worker;
  }
}

/** The next reply, or undefined if the signal aborts before. */
async function replyOf(worker: Worker, signal: AbortSignal): Promise<HuntReply | undefined> {
  try {
    const [reply]: HuntReply[] = await once(worker, 'message', { signal });
    return reply;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
