import {
  blankImage,
  type Configuration,
  createReplica,
  describeReason,
  foundedAtOnce,
  type Image,
  type Input,
  type Message,
  type Output,
  type Replica,
  readBack,
  step,
} from '../../impl/index.ts';

/** Replicas with their disks, stepped by this thread. Messages between them arrive at once and in order. */
export class SteppedGroup {
  readonly replicas: Replica[];
  /** The longest message between replicas so far, in bytes of JSON. */
  longest = 0;
  /** The bytes of JSON that each replica has received. */
  readonly received: number[];
  /** The number of answers to clients. */
  answered = 0;
  private readonly configuration: Configuration;
  private readonly images: Image[];
  private readonly cut = new Set<number>();
  private readonly incarnations: number[];
  private queue: { readonly to: number; readonly message: Message }[] = [];

  constructor(configuration: Configuration) {
    this.configuration = configuration;
    const numbers = Array.from({ length: configuration.size }, (_, number) => number);
    this.replicas = numbers.map((number) => createReplica(configuration, number));
    const membership = foundedAtOnce(configuration);
    this.images = numbers.map(() => ({ ...blankImage, membership }));
    this.received = numbers.map(() => 0);
    this.incarnations = numbers.map(() => 0);
  }

  /** Performs one request: submits it to the primary, and delivers all messages that follow. */
  request(message: Message): void {
    this.input(0, { type: 'message', message });
    this.run();
  }

  /** Lets the primary announce its commit number, and lagging replicas fetch the entries that they lack. */
  heartbeat(): void {
    this.input(0, { type: 'timer', timer: 'heartbeat' });
    this.run();
  }

  /** From now on, messages to the replica are lost. */
  cutOff(number: number): void {
    this.cut.add(number);
  }

  reconnect(number: number): void {
    this.cut.delete(number);
  }

  /** Restarts the replica from its disk. */
  restart(number: number): void {
    const incarnation = (this.incarnations[number] ?? 0) + 1;
    this.incarnations[number] = incarnation;
    this.replicas[number] = createReplica(this.configuration, number);
    this.cut.delete(number);
    const stored = { image: this.images[number] ?? blankImage, records: [] };
    this.input(number, { type: 'restart', stored, incarnation, name: String(number) });
    this.run();
  }

  private run(): void {
    for (let next = 0; next < this.queue.length; next++) {
      const delivery = this.queue[next];
      if (delivery === undefined || this.cut.has(delivery.to)) continue;
      const bytes = Buffer.byteLength(JSON.stringify(delivery.message));
      this.longest = Math.max(this.longest, bytes);
      this.received[delivery.to] = (this.received[delivery.to] ?? 0) + bytes;
      this.input(delivery.to, { type: 'message', message: delivery.message });
    }
    this.queue = [];
  }

  private input(number: number, input: Input): void {
    const replica = this.replicas[number];
    if (replica === undefined) throw new RangeError(`There is no replica ${number}.`);
    let written = 0;
    for (const output of step(replica, input)) {
      if (output.type === 'write') written = this.write(number, output);
      else this.take(output);
    }
    if (written > 0) this.input(number, { type: 'durable', write: written });
  }

  private write(number: number, { write, records }: Output & { readonly type: 'write' }): number {
    this.images[number] = readBack(this.images[number] ?? blankImage, records);
    return write;
  }

  private take(output: Output): void {
    if (output.type === 'send') this.queue.push(output);
    else if (output.type === 'reply') this.answered++;
    else if (output.type === 'rejected' || output.type === 'alarm')
      throw new Error(describeReason(output.reason));
  }
}
