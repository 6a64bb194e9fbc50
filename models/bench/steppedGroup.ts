import {
  blankImage,
  type Configuration,
  createReplica,
  describeReason,
  type Image,
  type Input,
  type Message,
  type Output,
  type Replica,
  readBack,
  step,
} from '../../impl/index.ts';

/** Replicas with their disks, all stepped by this thread, among whom messages arrive at once and in order. */
export class SteppedGroup {
  readonly replicas: Replica[];
  /** The longest message between replicas so far, in bytes of JSON. */
  longest = 0;
  /** By replica, how many bytes of JSON it has received. */
  readonly received: number[];
  answered = 0;
  private readonly configuration: Configuration;
  private readonly images: Image[];
  private readonly away = new Set<number>();
  private readonly incarnations: number[];
  private mail: { readonly to: number; readonly message: Message }[] = [];

  constructor(configuration: Configuration) {
    this.configuration = configuration;
    const numbers = Array.from({ length: configuration.size }, (_, number) => number);
    this.replicas = numbers.map((number) => createReplica(configuration, number));
    this.images = numbers.map(() => blankImage);
    this.received = numbers.map(() => 0);
    this.incarnations = numbers.map(() => 0);
  }

  /** One request, and everything that comes of it. */
  request(message: Message): void {
    this.input(0, { type: 'message', message });
    this.run();
  }

  /** The primary says how far it is, and whoever lacks something fetches it. */
  heartbeat(): void {
    this.input(0, { type: 'timer', timer: 'heartbeat' });
    this.run();
  }

  /** What is sent to the replica is lost from now on. */
  cutOff(number: number): void {
    this.away.add(number);
  }

  reconnect(number: number): void {
    this.away.delete(number);
  }

  /** The replica comes back with what its disk holds. */
  restart(number: number): void {
    const incarnation = (this.incarnations[number] ?? 0) + 1;
    this.incarnations[number] = incarnation;
    this.replicas[number] = createReplica(this.configuration, number);
    this.away.delete(number);
    const stored = { image: this.images[number] ?? blankImage, records: [] };
    this.input(number, { type: 'restart', stored, incarnation });
    this.run();
  }

  private run(): void {
    for (let next = 0; next < this.mail.length; next++) {
      const letter = this.mail[next];
      if (letter === undefined || this.away.has(letter.to)) continue;
      const bytes = Buffer.byteLength(JSON.stringify(letter.message));
      this.longest = Math.max(this.longest, bytes);
      this.received[letter.to] = (this.received[letter.to] ?? 0) + bytes;
      this.input(letter.to, { type: 'message', message: letter.message });
    }
    this.mail = [];
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
    if (output.type === 'send') this.mail.push(output);
    else if (output.type === 'reply') this.answered++;
    else if (output.type === 'rejected' || output.type === 'alarm')
      throw new Error(describeReason(output.reason));
  }
}
