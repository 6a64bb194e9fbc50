import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { nameOf } from '../faults/faults.ts';
import type { Access } from '../test/environment.ts';
import { type Completion, completionOf, unanswered, type WorkloadOperation } from '../workload/workload.ts';

/** Sends lines to nodes. */
interface LineSender {
  /** Whether the node takes requests. */
  isReady(node: number): boolean;
  send(node: number, line: string): void;
}

interface LineClient {
  /** The client's name in messages. */
  readonly name: string;
  readonly node: number;
  messages: number;
  pending: PendingOperation | undefined;
}

interface PendingOperation {
  readonly id: number;
  readonly operation: WorkloadOperation;
  readonly complete: (completion: Completion) => void;
}

const replyBody = z.looseObject({ in_reply_to: z.int() });

/** Clients that exchange lines with nodes. Client t is named c(t + 1) and asks node t modulo the number of nodes. */
export class LineClients implements Access {
  private readonly clients: readonly LineClient[];
  private readonly timeout: number;
  private readonly sender: LineSender;
  private readonly clock: Clock;

  /** `timeout`: how long a client waits for an answer, in milliseconds. */
  constructor(concurrency: number, nodes: number, timeout: number, sender: LineSender, clock: Clock) {
    this.clients = Array.from({ length: concurrency }, (_, client) => ({
      ...{ name: `c${client + 1}`, node: client % nodes, messages: 0, pending: undefined },
    }));
    this.timeout = timeout;
    this.sender = sender;
    this.clock = clock;
  }

  nodeOf(client: number): number {
    return this.at(client).node;
  }

  /** Whether there is a client of this name. */
  has(name: string): boolean {
    return this.clients.some((client) => client.name === name);
  }

  ask(client: number, operation: WorkloadOperation, complete: (completion: Completion) => void): () => void {
    const asking = this.at(client);
    asking.messages += 1;
    const { name, node, messages: id } = asking;
    // An operation that reached no node was performed by no node.
    if (!this.sender.isReady(node)) {
      complete({ ...unanswered(operation, true), error: 'node-down' });
      return () => {};
    }
    const finish = (completion: Completion): void => {
      cancel();
      asking.pending = undefined;
      complete(completion);
    };
    const cancel = this.clock.after(this.timeout, () =>
      finish({ ...unanswered(operation, false), error: 'net-timeout' }),
    );
    asking.pending = { id, operation, complete: finish };
    const body = { type: operation.f, ...operation.request, msg_id: id };
    this.sender.send(node, JSON.stringify({ src: name, dest: nameOf(node), body }));
    return cancel;
  }

  /** Takes a message from a node to a client. Answers to earlier requests are ignored. */
  receive(name: string, node: string, body: unknown): void {
    const reply = replyBody.safeParse(body);
    const pending = this.clients.find((client) => client.name === name)?.pending;
    if (!reply.success || pending === undefined || reply.data.in_reply_to !== pending.id) return;
    pending.complete(completionOf(pending.operation, node, body));
  }

  private at(number: number): LineClient {
    const client = this.clients[number];
    if (client === undefined)
      throw new RangeError(`There is no client ${number} among ${this.clients.length}.`);
    return client;
  }
}
