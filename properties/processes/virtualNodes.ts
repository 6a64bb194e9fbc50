import { setImmediate } from 'node:timers/promises';
import type { Json } from '../../impl/index.ts';
import type { Clock } from '../../models/processes/clock.ts';
import { nameOf } from '../../models/processes/faults/faults.ts';
import type { LineEnvironment } from '../../models/processes/lines/lineEnvironment.ts';
import type { Nodes } from '../../models/processes/lines/nodes.ts';
import { messageOf } from '../../models/processes/nodes/nodeMessage.ts';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock whose time advances only when no other work is pending. */
export class VirtualClock implements Clock {
  private time = 0;
  private timers: readonly Timer[] = [];

  now(): number {
    return this.time;
  }

  after(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.time + milliseconds, run };
    this.timers = [...this.timers, timer].toSorted((one, other) => one.at - other.at);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Advances time until the promise settles. Returns its result. */
  async until<Result>(promise: Promise<Result>): Promise<Result> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise.then(over, over);
    for (;;) {
      // Code that a timer woke may need several turns of the event loop.
      await setImmediate();
      if (isOver) return promise;
      const [next, ...others] = this.timers;
      if (next === undefined) throw new Error('The promise can never settle: no timer is left.');
      this.timers = others;
      this.time = next.at;
      next.run();
    }
  }

  /** Advances time by this many milliseconds. */
  async pass(milliseconds: number): Promise<void> {
    await this.until(new Promise<void>((resolve) => this.after(milliseconds, resolve)));
  }
}

/** How a node handles the body of a request. Returns the body of its answer, or undefined for none. */
export type RequestHandler = (body: { readonly [name: string]: Json }, node: number) => Json | undefined;

/** Nodes without processes. Each answers a request after a millisecond, if it is up and not paused by then. */
export class VirtualNodes implements Nodes {
  /** Receives the answers. */
  environment: LineEnvironment | undefined;
  readonly down = new Set<number>();
  readonly paused = new Set<number>();
  private readonly clock: Clock;
  private readonly handle: RequestHandler;
  /** The time that a node takes to start, in milliseconds. */
  private readonly start: number;
  /** The number of kills of each node, so that an earlier restart has no effect. */
  private readonly starts = new Map<number, number>();

  constructor(clock: Clock, handle: RequestHandler, start = 0) {
    this.clock = clock;
    this.handle = handle;
    this.start = start;
  }

  isReady(node: number): boolean {
    return !this.down.has(node);
  }

  deliver(node: number, line: string): boolean {
    if (this.down.has(node)) return false;
    this.clock.after(1, () => {
      if (!this.down.has(node) && !this.paused.has(node)) this.reply(node, line);
    });
    return true;
  }

  async kill(node: number): Promise<void> {
    this.starts.set(node, (this.starts.get(node) ?? 0) + 1);
    this.down.add(node);
  }

  async restart(node: number): Promise<void> {
    const start = this.starts.get(node);
    this.clock.after(this.start, () => {
      if (this.starts.get(node) === start) this.down.delete(node);
    });
  }

  async pause(node: number): Promise<void> {
    this.paused.add(node);
  }

  async resume(node: number): Promise<void> {
    this.paused.delete(node);
  }

  private reply(node: number, line: string): void {
    const { src, body }: { src: string; body: { [name: string]: Json } } = JSON.parse(line);
    const answer = this.handle(body, node);
    if (typeof answer !== 'object') return;
    const reply = { src: nameOf(node), dest: src, body: { in_reply_to: body.msg_id ?? null, ...answer } };
    this.environment?.receive(node, messageOf(nameOf(node), JSON.stringify(reply)));
  }
}

/** Registers that all nodes share, and that are therefore correct. */
export function sharedRegisters(): RequestHandler {
  const registers = new Map<Json, Json>();
  return ({ type, key = null, value = null, from, to = null }) => {
    const known = registers.get(key);
    if (type === 'write') {
      registers.set(key, value);
      return { type: 'write_ok' };
    }
    if (known === undefined) return { type: 'error', code: 20, text: 'no such key' };
    if (type === 'read') return { type: 'read_ok', value: known };
    if (known !== from) return { type: 'error', code: 22, text: 'another value' };
    registers.set(key, to);
    return { type: 'cas_ok' };
  };
}
