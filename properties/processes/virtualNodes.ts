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

/** A clock whose time goes by only while nobody has anything else to do. */
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

  /** Lets time go by until the promise is kept, or broken, and yields what it yields. */
  async until<Result>(promise: Promise<Result>): Promise<Result> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise.then(over, over);
    for (;;) {
      // Whoever was woken may have more to do than one step.
      await setImmediate();
      if (isOver) return promise;
      const [next, ...others] = this.timers;
      if (next === undefined) throw new Error('Everybody waits, and nothing will ever happen.');
      this.timers = others;
      this.time = next.at;
      next.run();
    }
  }

  /** Lets so many milliseconds go by. */
  async pass(milliseconds: number): Promise<void> {
    await this.until(new Promise<void>((resolve) => this.after(milliseconds, resolve)));
  }
}

/** What a node does with the body of a request: the body of its answer, or none. */
export type Answer = (body: { readonly [name: string]: Json }, node: number) => Json | undefined;

/** Nodes that are no processes. Each answers clients a millisecond after it was asked, if it is up by then. */
export class VirtualNodes implements Nodes {
  /** Whom the answers go to. */
  environment: LineEnvironment | undefined;
  readonly down = new Set<number>();
  readonly paused = new Set<number>();
  private readonly clock: Clock;
  private readonly answer: Answer;
  /** How long a node takes to start, in milliseconds. */
  private readonly start: number;
  /** Which start of a node this is. */
  private readonly starts = new Map<number, number>();

  constructor(clock: Clock, answer: Answer, start = 0) {
    this.clock = clock;
    this.answer = answer;
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
    const answer = this.answer(body, node);
    if (typeof answer !== 'object') return;
    const reply = { src: nameOf(node), dest: src, body: { in_reply_to: body.msg_id ?? null, ...answer } };
    this.environment?.receive(node, messageOf(nameOf(node), JSON.stringify(reply)));
  }
}

/** Registers that all nodes share, so that nothing can be wrong with them. */
export function sharedRegisters(): Answer {
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
