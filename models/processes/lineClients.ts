import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Access } from './environment.ts';
import { nameOf } from './faults.ts';
import { type Completion, completionOf, type Operation, unanswered } from './workload.ts';

/** How a line reaches a node. */
export interface Mouth {
  /** Whether the node can be asked anything at all. */
  isReady(node: number): boolean;
  send(node: number, line: string): void;
}

interface Seat {
  /** Its name in messages. */
  readonly name: string;
  readonly node: number;
  messages: number;
  pending: Pending | undefined;
}

interface Pending {
  readonly id: number;
  readonly operation: Operation;
  readonly complete: (completion: Completion) => void;
}

const replyBody = z.looseObject({ in_reply_to: z.int() });

/** Clients that speak with nodes in lines. Client t asks node t modulo the number of nodes, in the name of c(t + 1). */
export class LineClients implements Access {
  private readonly seats: readonly Seat[];
  private readonly timeout: number;
  private readonly mouth: Mouth;
  private readonly clock: Clock;

  /** `timeout` in milliseconds. */
  constructor(concurrency: number, nodes: number, timeout: number, mouth: Mouth, clock: Clock) {
    this.seats = Array.from({ length: concurrency }, (_, client) => ({
      ...{ name: `c${client + 1}`, node: client % nodes, messages: 0, pending: undefined },
    }));
    this.timeout = timeout;
    this.mouth = mouth;
    this.clock = clock;
  }

  nodeOf(client: number): number {
    return this.at(client).node;
  }

  /** Whether there is a client of this name. */
  has(name: string): boolean {
    return this.seats.some((seat) => seat.name === name);
  }

  ask(client: number, operation: Operation, complete: (completion: Completion) => void): () => void {
    const seat = this.at(client);
    seat.messages += 1;
    const { name, node, messages: id } = seat;
    // What reached nobody was done by nobody.
    if (!this.mouth.isReady(node)) {
      complete({ ...unanswered(operation, true), error: 'node-down' });
      return () => {};
    }
    const finish = (completion: Completion): void => {
      cancel();
      seat.pending = undefined;
      complete(completion);
    };
    const cancel = this.clock.after(this.timeout, () =>
      finish({ ...unanswered(operation, false), error: 'net-timeout' }),
    );
    seat.pending = { id, operation, complete: finish };
    const body = { type: operation.f, ...operation.request, msg_id: id };
    this.mouth.send(node, JSON.stringify({ src: name, dest: nameOf(node), body }));
    return cancel;
  }

  /** Takes what a node sent to a client. Answers to questions of old are ignored. */
  receive(name: string, node: string, body: unknown): void {
    const reply = replyBody.safeParse(body);
    const pending = this.seats.find((seat) => seat.name === name)?.pending;
    if (!reply.success || pending === undefined || reply.data.in_reply_to !== pending.id) return;
    pending.complete(completionOf(pending.operation, node, body));
  }

  private at(client: number): Seat {
    const seat = this.seats[client];
    if (seat === undefined) throw new RangeError(`There is no client ${client} among ${this.seats.length}.`);
    return seat;
  }
}
