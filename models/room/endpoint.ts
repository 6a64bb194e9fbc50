import type { ByteStream, StreamEvents } from '../../impl/node/platform/network.ts';
import type { RoomProcess } from './machine.ts';
import type { Pipe, PipeEnd } from './pipe.ts';

/** The most bytes that wait in a process before `write` asks it to wait. */
const highWater = 16_384;

/** One end of a simulated connection: what the process at it sees, and what its operating system keeps. */
export class Endpoint implements ByteStream, PipeEnd {
  readonly process: RoomProcess;
  readonly remote: string;
  readonly certifiedName = undefined;
  unread = 0;
  /** To the other end; undefined until it is connected. */
  private pipe: Pipe | undefined;
  /** From the other end: it may go on once this end has read. */
  private source: Pipe | undefined;
  private events: StreamEvents | undefined;
  private readonly boot: number;
  private readonly onGone: () => void;
  private readonly forget: () => void;
  private unsent: Buffer[] = [];
  private unsentBytes = 0;
  private received: Buffer[] = [];
  private hasEndArrived = false;
  private isPaused = false;
  private isEnding = false;
  private hasFinished = false;
  private isClosed = false;
  private isFull = false;
  /** Whether it reads slowly, and pauses now. */
  private isResting = false;
  private idle: { readonly wait: number; stop: () => void } | undefined;

  /** `onGone` is called once, when the operating system of this end forgets it. */
  constructor(process: RoomProcess, remote: string, onGone: () => void) {
    this.process = process;
    this.remote = remote;
    this.boot = process.machine.boots;
    this.onGone = onGone;
    this.forget = process.whenKilled(() => this.destroy());
  }

  get hasPower(): boolean {
    return this.process.machine.isOn;
  }

  get hasSystem(): boolean {
    const { machine } = this.process;
    return machine.isOn && machine.boots === this.boot;
  }

  get isPresent(): boolean {
    return this.hasSystem && !this.isClosed;
  }

  get isWritable(): boolean {
    return !this.isEnding && !this.isClosed;
  }

  get isOver(): boolean {
    return this.isEnding || this.isClosed;
  }

  get backlog(): number {
    return this.unsentBytes;
  }

  get awaitsRoom(): boolean {
    return this.unsentBytes > 0 || this.isFull;
  }

  handle(events: StreamEvents): void {
    this.events = events;
    if (this.unread > 0 || this.hasEndArrived) this.process.clock.soon(() => this.read());
  }

  write(bytes: Buffer): boolean {
    if (!this.isWritable) return false;
    this.unsent.push(bytes);
    this.unsentBytes += bytes.length;
    this.flush();
    const { machine } = this.process;
    machine.mostWaiting = Math.max(machine.mostWaiting, this.unsentBytes);
    this.isFull = this.isFull || this.unsentBytes >= highWater;
    return !this.isFull;
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    this.process.clock.soon(() => this.read());
  }

  end(idle: number): void {
    if (this.isClosed) return;
    this.isEnding = true;
    this.flush();
    this.idle ??= { wait: idle, stop: () => undefined };
    this.touched();
  }

  destroy(): void {
    if (this.isClosed) return;
    // What was not read tells the other end that it was lost.
    if (this.unread > 0) this.pipe?.reset();
    else this.pipe?.finish();
    this.close(undefined);
  }

  /** The connection is made. */
  connected(pipe: Pipe, source: Pipe): void {
    this.pipe = pipe;
    this.source = source;
    if (this.isClosed) pipe.finish();
    else this.flush();
  }

  /** At the end that connected: tells the process. */
  tellConnected(): void {
    this.process.input(() => {
      if (this.isClosed) return;
      this.events?.onReached?.();
      this.events?.onConnected?.();
    });
  }

  arrived(bytes: Buffer | undefined): void {
    if (bytes === undefined) this.hasEndArrived = true;
    else {
      this.received.push(bytes);
      this.unread += bytes.length;
    }
    this.touched();
    this.process.input(() => this.read());
  }

  drained(): void {
    this.touched();
    if (!this.awaitsRoom) return;
    this.process.input(() => {
      this.flush();
      if (!this.isFull || this.unsentBytes > 0 || this.isClosed) return;
      this.isFull = false;
      this.events?.onDrain();
    });
  }

  failed(code: string): void {
    if (this.isPresent) this.close(new RoomError(code));
  }

  /** A byte has moved. */
  touched(): void {
    const { idle, isClosed, process } = this;
    if (idle === undefined || isClosed) return;
    idle.stop();
    idle.stop = process.clock.after(idle.wait, () => this.destroy());
  }

  private flush(): void {
    const { pipe } = this;
    if (pipe === undefined) return;
    while (this.unsent.length > 0 && pipe.room > 0) {
      const first = this.unsent.shift() ?? Buffer.alloc(0);
      const { room } = pipe;
      const taken = room < first.length ? first.subarray(0, room) : first;
      if (room < first.length) this.unsent.unshift(first.subarray(room));
      this.unsentBytes -= taken.length;
      pipe.write(taken);
    }
    if (!this.isEnding || this.hasFinished || this.unsentBytes > 0) return;
    this.hasFinished = true;
    pipe.finish();
    this.closeIfOver();
  }

  private read(): void {
    const { events, process } = this;
    if (this.isPaused || this.isClosed || this.isResting || events === undefined) return;
    if (this.unread > 0) {
      const chunk = this.taken();
      this.source?.proceed();
      process.machine.time.noteBytes(chunk);
      events.onData(chunk);
    }
    if (this.unread > 0 || !this.hasEndArrived || this.isPaused || this.isClosed) return;
    // As Node does: an end that is told that no more will come ends, too.
    this.isEnding = true;
    this.flush();
    this.closeIfOver();
  }

  /** Takes what has arrived; some of it, if the machine reads slowly. */
  private taken(): Buffer {
    const { received, process } = this;
    const all = received.length === 1 ? (received[0] ?? Buffer.alloc(0)) : Buffer.concat(received);
    const { reading, time } = process.machine;
    const chunk = reading === undefined ? all : all.subarray(0, reading.bytes);
    this.received = chunk.length < all.length ? [all.subarray(chunk.length)] : [];
    this.unread = all.length - chunk.length;
    if (reading !== undefined) {
      this.isResting = true;
      time.after(reading.pause, () => {
        this.isResting = false;
        process.input(() => this.read());
      });
    }
    return chunk;
  }

  private closeIfOver(): void {
    if (this.hasFinished && this.hasEndArrived && this.unread === 0) this.close(undefined);
  }

  private close(error: Error | undefined): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.unsent = [];
    this.unsentBytes = 0;
    this.idle?.stop();
    this.forget();
    this.onGone();
    this.process.machine.time.note(
      `${this.process.machine.name} closed ${this.remote} ${error?.message ?? ''}`,
    );
    const { process } = this;
    process.machine.time.after(0, () =>
      process.input(() => {
        if (error !== undefined) this.events?.onError(error);
        this.events?.onClosed();
      }),
    );
  }
}

/** An error of the operating system. */
export class RoomError extends Error {
  override readonly name = 'RoomError';
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}
