import type { Completion, WorkloadOperation } from '../workload/workload.ts';
import type { Access } from './environment.ts';
import type { HistoryRecorder } from './historyRecorder.ts';

/** One client of the service. It performs one operation at a time. */
interface ClientThread {
  readonly number: number;
  /** Jepsen's process number. It changes after every operation of unknown outcome. */
  process: number;
  isBusy: boolean;
  /** Stops waiting for the current or last operation. */
  cancel: () => void;
}

/** The clients of a test. They record all that they do in its history. */
export class Clients {
  /** The clients that were answered ok since this set was last cleared. */
  readonly served = new Set<number>();
  private readonly threads: readonly ClientThread[];
  private next = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly access: Access;
  private readonly history: HistoryRecorder;

  constructor(concurrency: number, access: Access, history: HistoryRecorder) {
    this.threads = Array.from({ length: concurrency }, (_, number) => ({
      ...{ number, process: number, isBusy: false, cancel: () => {} },
    }));
    this.access = access;
    this.history = history;
  }

  /** Whether every thread has an operation under way. */
  get areBusy(): boolean {
    return this.threads.every(({ isBusy }) => isBusy);
  }

  /** Performs an operation on the next free thread, waiting for one if need be. Resolves with the outcome. */
  async perform(operation: WorkloadOperation): Promise<Completion> {
    while (this.areBusy) await this.change();
    const thread = this.nextFree();
    return new Promise((resolve) => this.begin(thread, operation, resolve));
  }

  /** Waits until a thread is free. */
  async free(): Promise<void> {
    while (this.areBusy) await this.change();
  }

  /** Waits until no operation is under way. */
  async idle(): Promise<void> {
    while (this.threads.some(({ isBusy }) => isBusy)) await this.change();
  }

  /** Stops waiting for answers. Operations under way stay open in the history. */
  stop(): void {
    for (const { isBusy, cancel } of this.threads) if (isBusy) cancel();
  }

  private begin(
    thread: ClientThread,
    operation: WorkloadOperation,
    resolve: (completion: Completion) => void,
  ): void {
    const { f, value } = operation;
    this.history.add({ process: thread.process, type: 'invoke', f, value });
    thread.isBusy = true;
    thread.cancel = this.access.ask(thread.number, operation, (completion) => {
      thread.isBusy = false;
      const { type, ...outcome } = completion;
      this.history.add({ process: thread.process, type, f, ...outcome });
      if (type === 'ok') this.served.add(thread.number);
      if (type === 'info') thread.process += this.threads.length;
      resolve(completion);
      for (const wake of this.waiting.splice(0)) wake();
    });
  }

  /** Takes turns, so that every node is asked. */
  private nextFree(): ClientThread {
    for (;;) {
      const thread = this.threads[this.next];
      this.next = (this.next + 1) % this.threads.length;
      if (thread !== undefined && !thread.isBusy) return thread;
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
