import { z } from 'zod';
import type { Chronicle } from './chronicle.ts';
import type { Clock } from './clock.ts';
import { nameOf } from './faults.ts';
import { type Completion, completionOf, type Operation, unanswered } from './workload.ts';

/** How an operation reaches a node. `send` gets a whole line. */
export interface Access {
  /** Whether the node can be asked anything at all. */
  isReady(node: number): boolean;
  send(node: number, line: string): void;
}

/** A thread does one operation at a time, always with the same node. */
interface Thread {
  readonly name: string;
  readonly node: number;
  /** What Jepsen calls a process: another one after every operation of which nobody knows what became. */
  process: number;
  messages: number;
  pending: Pending | undefined;
}

interface Pending {
  readonly id: number;
  readonly operation: Operation;
  readonly complete: (completion: Completion) => void;
  /** Stops the waiting. */
  readonly cancel: () => void;
}

const replyBody = z.looseObject({ in_reply_to: z.int() });

/** The clients. Thread t asks node t modulo the number of nodes, and is the client of the name c(t + 1). */
export class Clients {
  /** Nodes that answered ok since this was last cleared. */
  readonly served = new Set<number>();
  private readonly threads: readonly Thread[];
  private next = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly timeout: number;
  private readonly access: Access;
  private readonly clock: Clock;
  private readonly chronicle: Chronicle;

  /** `timeout` in milliseconds. */
  constructor(
    concurrency: number,
    nodes: number,
    timeout: number,
    access: Access,
    clock: Clock,
    chronicle: Chronicle,
  ) {
    this.threads = Array.from({ length: concurrency }, (_, thread) => ({
      name: `c${thread + 1}`,
      node: thread % nodes,
      process: thread,
      messages: 0,
      pending: undefined,
    }));
    this.timeout = timeout;
    this.access = access;
    this.clock = clock;
    this.chronicle = chronicle;
  }

  /** Whether all threads have something to do. */
  get areBusy(): boolean {
    return this.threads.every(({ pending }) => pending !== undefined);
  }

  /** Whether there is a client of this name. */
  has(name: string): boolean {
    return this.threads.some((thread) => thread.name === name);
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
    while (this.threads.some(({ pending }) => pending !== undefined)) await this.change();
  }

  /** Takes what a node sent to a client. Answers to questions of old are ignored. */
  receive(name: string, node: string, body: unknown): void {
    const reply = replyBody.safeParse(body);
    const pending = this.threads.find((thread) => thread.name === name)?.pending;
    if (!reply.success || pending === undefined || reply.data.in_reply_to !== pending.id) return;
    pending.complete(completionOf(pending.operation, node, body));
  }

  /** Waits for nothing any more. What is under way stays open for ever. */
  stop(): void {
    for (const { pending } of this.threads) pending?.cancel();
  }

  private begin(thread: Thread, operation: Operation, resolve: (completion: Completion) => void): void {
    const { f, value } = operation;
    this.chronicle.add({ process: thread.process, type: 'invoke', f, value });
    const complete = (completion: Completion): void => {
      cancel();
      thread.pending = undefined;
      const { type, ...outcome } = completion;
      this.chronicle.add({ process: thread.process, type, f, ...outcome });
      if (type === 'ok') this.served.add(thread.node);
      if (type === 'info') thread.process += this.threads.length;
      resolve(completion);
      for (const wake of this.waiting.splice(0)) wake();
    };
    const cancel = this.clock.after(this.timeout, () =>
      complete({ ...unanswered(operation, false), error: 'net-timeout' }),
    );
    thread.messages += 1;
    thread.pending = { id: thread.messages, operation, complete, cancel };
    // What reached nobody was done by nobody.
    if (!this.access.isReady(thread.node))
      return complete({ ...unanswered(operation, true), error: 'node-down' });
    const body = { type: f, ...operation.request, msg_id: thread.messages };
    this.access.send(thread.node, JSON.stringify({ src: thread.name, dest: nameOf(thread.node), body }));
  }

  /** In turn, so that no node is left out. */
  private nextFree(): Thread {
    for (;;) {
      const thread = this.threads[this.next];
      this.next = (this.next + 1) % this.threads.length;
      if (thread !== undefined && thread.pending === undefined) return thread;
    }
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
