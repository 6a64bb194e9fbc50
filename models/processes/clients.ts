import type { Access } from './environment.ts';
import type { HistoryRecorder } from './history.ts';
import type { Completion, Operation } from './workload.ts';

/** A thread does one operation at a time, and is one client of the service. */
interface Thread {
  readonly number: number;
  /** What Jepsen calls a process: another one after every operation of which nobody knows what became. */
  process: number;
  isBusy: boolean;
  /** Stops the waiting for the operation that it does, or did last. */
  cancel: () => void;
}

/** The clients. */
export class Clients {
  /** Clients that were answered ok since this was last cleared. */
  readonly served = new Set<number>();
  private readonly threads: readonly Thread[];
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

  /** Whether all threads have something to do. */
  get areBusy(): boolean {
    return this.threads.every(({ isBusy }) => isBusy);
  }

  /** Lets the next free thread do an operation, and yields what became of it. Waits for a thread if none is free. */
  async perform(operation: Operation): Promise<Completion> {
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

  /** Waits for nothing any more. What is under way stays open for ever. */
  stop(): void {
    for (const { isBusy, cancel } of this.threads) if (isBusy) cancel();
  }

  private begin(thread: Thread, operation: Operation, resolve: (completion: Completion) => void): void {
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

  /** In turn, so that no node is left out. */
  private nextFree(): Thread {
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
