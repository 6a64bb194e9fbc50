import { Timers } from '../node/driver/timers.ts';
import type { Clock } from '../node/platform/clock.ts';
import type { Configuration } from '../replica/data/configuration.ts';
import { foundedAtOnce } from '../replica/data/membership.ts';
import type { ClientMessage, Message } from '../replica/data/messages.ts';
import type { Output, Timer } from '../replica/data/outputs.ts';
import { createReplica, type Replica } from '../replica/data/replica.ts';
import { blankImage, type Image, readBack, type StorageRecord } from '../replica/data/storage.ts';
import { type Input, step } from '../replica/step.ts';
import type { Predicted } from '../service/service.ts';

/** What a simulated replica needs from its group. */
export interface SimulatedEnvironment {
  readonly configuration: Configuration;
  readonly clock: Clock;
  /** Milliseconds in one tick of the replica's timers. */
  readonly tick: number;
  readonly read: () => Predicted;
  /** How many milliseconds the next write takes. */
  readonly writeTime: () => number;
  readonly send: (from: number, to: number, message: Message) => void;
  readonly reply: (message: ClientMessage) => void;
  readonly onOutputs: (from: number, outputs: readonly Output[]) => void;
}

/** One replica and its machine, in virtual time: what it has written takes a while to be durable, and a crash loses the rest. */
export class SimulatedReplica {
  private readonly number: number;
  private readonly environment: SimulatedEnvironment;
  private image: Image;
  private incarnation = 0;
  private running: { readonly replica: Replica; readonly timers: Timers<Timer> } | undefined;
  private records: StorageRecord[] = [];
  private issued = 0;
  private isWriting = false;

  constructor(number: number, environment: SimulatedEnvironment) {
    this.number = number;
    this.environment = environment;
    this.image = { ...blankImage, membership: foundedAtOnce(environment.configuration) };
  }

  /** The replica's state; undefined while it is down. */
  get replica(): Replica | undefined {
    return this.running?.replica;
  }

  start(): void {
    if (this.running !== undefined) return;
    const { configuration, clock } = this.environment;
    const timers = new Timers<Timer>((timer) => this.take({ type: 'timer', timer }), ['heartbeat'], clock);
    this.running = { replica: createReplica(configuration, this.number), timers };
    this.incarnation++;
    const { image, incarnation } = this;
    if (incarnation === 1) return this.take({ type: 'start' });
    this.take({
      type: 'restart',
      stored: { image, records: [] },
      incarnation,
      name: `replica ${this.number}`,
    });
  }

  crash(): void {
    this.running?.timers.stop();
    this.running = undefined;
    this.records = [];
    this.isWriting = false;
  }

  receive(message: Message): void {
    this.take({ type: 'message', message, reading: this.environment.read() });
  }

  private take(input: Input): void {
    const { running, environment } = this;
    if (running === undefined) return;
    const outputs = step(running.replica, input);
    environment.onOutputs(this.number, outputs);
    for (const output of outputs) {
      if (output.type === 'send') environment.send(this.number, output.to, output.message);
      else if (output.type === 'reply') environment.reply(output.message);
      else if (output.type === 'timer') running.timers.arm(output.timer, output.delay * environment.tick);
      else if (output.type === 'write') {
        this.records.push(...output.records);
        this.issued = output.write;
        if (!this.isWriting) this.write(running);
      }
    }
  }

  /** What is written meanwhile becomes durable together, with the next write. */
  private write(running: object): void {
    const { records, issued } = this;
    this.isWriting = true;
    this.records = [];
    this.environment.clock.after(this.environment.writeTime(), () => {
      if (this.running !== running) return;
      this.image = readBack(this.image, records);
      this.isWriting = false;
      this.take({ type: 'durable', write: issued });
      if (this.records.length > 0 && !this.isWriting) this.write(running);
    });
  }
}
