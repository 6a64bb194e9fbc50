import type { Link } from './links.ts';
import type { RoomTime } from './time.ts';

/** The most bytes that the sender's system takes before a write has to wait. */
const sendBuffer = 131_072;
/** The most bytes that the receiver's system keeps for a process that does not read. */
const receiveBuffer = 131_072;
/** The most bytes that leave together. */
const segment = 65_536;
/** Milliseconds until what was lost is sent again for the first time; twice as many each further time, up to the most. */
const firstRetry = 200;
const mostRetry = 120_000;
/** Milliseconds of such waits after which the sender's system gives the connection up. */
const giveUpAfter = 924_000;

/** What a pipe needs of its connection. */
export interface PipeEnvironment {
  readonly time: RoomTime;
  readonly forward: Link;
  readonly backward: Link;
  /** Whether all packets of this connection vanish, whatever becomes of others. */
  isDead(): boolean;
  /** A whole number below this one. */
  below(limit: number): number;
}

/** An end of a connection, as a pipe sees it. */
export interface PipeEnd {
  /** Whether its machine has power. */
  readonly hasPower: boolean;
  /** Whether its machine has had power ever since. */
  readonly hasSystem: boolean;
  /** Whether its operating system knows it. After a loss of power it knows no connection. */
  readonly isPresent: boolean;
  /** What arrived and was not read. */
  readonly unread: number;
  /** Whether it has more to send than its system would take. */
  readonly awaitsRoom: boolean;
  /** Bytes have arrived; undefined: the end of them. */
  arrived(bytes: Buffer | undefined): void;
  /** The other end's system has taken bytes. */
  drained(): void;
  /** The connection has failed. */
  failed(code: string): void;
}

/**
 * The bytes on their way from one end of a connection to the other, as TCP carries them: in order, in any pieces, and again if they
 * were lost, but ever more rarely.
 */
export class Pipe {
  private readonly environment: PipeEnvironment;
  private readonly from: PipeEnd;
  private readonly to: PipeEnd;
  /** Bytes that the sender's system has taken, and has not sent since they were last lost. */
  private waiting: Buffer[] = [];
  private inFlight: Buffer[] = [];
  /** Bytes that the sender's system keeps, because no acknowledgement has come. */
  private kept = 0;
  private flight = 0;
  private lastArrival = 0;
  private waited = 0;
  private nextRetry = firstRetry;
  private isRetrying = false;
  private isScheduled = false;
  private ending: 'open' | 'asked' | 'sent' = 'open';
  private isOver = false;

  constructor(from: PipeEnd, to: PipeEnd, environment: PipeEnvironment) {
    this.from = from;
    this.to = to;
    this.environment = environment;
  }

  /** How many bytes the sender's system would take now. */
  get room(): number {
    return Math.max(0, sendBuffer - this.kept);
  }

  write(bytes: Buffer): void {
    this.waiting.push(bytes);
    this.kept += bytes.length;
    if (!this.isScheduled && !this.isRetrying) this.transmit();
  }

  /** Tells the other end, after all bytes, that no more will come. */
  finish(): void {
    if (this.ending === 'open') this.ending = 'asked';
    this.proceed();
  }

  /** Discards all that is on its way, and tells the other end so. */
  reset(): void {
    const { environment, to } = this;
    this.abort();
    const { forward, time } = environment;
    if (!forward.isCut && !environment.isDead()) time.after(forward.latency, () => to.failed('ECONNRESET'));
  }

  private abort(): void {
    this.isOver = true;
    this.waiting = [];
    this.inFlight = [];
    this.kept = 0;
  }

  /** Sends what waits, at the end of this moment. */
  proceed(): void {
    if (this.isScheduled || this.isRetrying || this.isOver) return;
    if (this.waiting.length === 0 && this.ending !== 'asked') return;
    this.isScheduled = true;
    this.environment.time.after(0, () => {
      this.isScheduled = false;
      if (!this.isRetrying) this.transmit();
    });
  }

  private transmit(): void {
    const { environment, to } = this;
    if (this.isOver || !this.from.hasSystem) return;
    const { forward, time } = environment;
    const isEnd = this.waiting.length === 0;
    if (isEnd && (this.ending !== 'asked' || this.inFlight.length > 0)) return;
    const free = receiveBuffer - to.unread - lengthOf(this.inFlight);
    // Its reader asks for more once it has read.
    if (!isEnd && free <= 0) return;
    if (forward.isCut || environment.isDead()) return this.retry();
    const piece = isEnd ? Buffer.alloc(0) : this.take(Math.min(free, segment));
    const flight = this.flight;
    const arrival = time.now + forward.latency + piece.length / forward.rate;
    this.lastArrival = Math.max(this.lastArrival, arrival);
    if (isEnd) this.ending = 'sent';
    else this.inFlight.push(piece);
    time.after(this.lastArrival - time.now, () => {
      if (flight === this.flight) this.arrive(piece, isEnd);
    });
    this.proceed();
  }

  /** Takes a piece of what waits, as long as chance has it. */
  private take(most: number): Buffer {
    const all =
      this.waiting.length === 1 ? (this.waiting[0] ?? Buffer.alloc(0)) : Buffer.concat(this.waiting);
    const { below } = this.environment;
    const longest = Math.min(most, all.length);
    const length = below(8) === 0 ? 1 + below(longest) : longest;
    this.waiting = length < all.length ? [all.subarray(length)] : [];
    return length < all.length ? all.subarray(0, length) : all;
  }

  private arrive(piece: Buffer, isEnd: boolean): void {
    const { environment, to } = this;
    if (this.isOver) return;
    if (!to.hasPower || environment.isDead()) return this.lose();
    if (!to.isPresent) return this.answerReset();
    if (isEnd) {
      to.arrived(undefined);
    } else {
      this.inFlight.shift();
      to.arrived(piece);
    }
    const { backward, time } = environment;
    if (backward.isCut) return this.retry();
    // An acknowledgement that no one waits for, over a quick link, is an event less if it takes no time.
    if (!backward.isSlow && !this.from.awaitsRoom) this.acknowledged(piece.length);
    else
      time.after(backward.latency, () => {
        if (environment.isDead()) this.retry();
        else this.acknowledged(piece.length);
      });
    this.proceed();
  }

  private acknowledged(bytes: number): void {
    this.waited = 0;
    this.nextRetry = firstRetry;
    this.kept = Math.max(0, this.kept - bytes);
    if (bytes > 0) this.from.drained();
  }

  /** All that is in flight is lost, and is sent again later. */
  private lose(): void {
    this.flight++;
    if (this.ending === 'sent') this.ending = 'asked';
    this.waiting = [...this.inFlight, ...this.waiting];
    this.inFlight = [];
    this.retry();
  }

  private retry(): void {
    if (this.isRetrying || this.isOver) return;
    this.isRetrying = true;
    const { environment } = this;
    const wait = this.nextRetry;
    this.waited += wait;
    this.nextRetry = Math.min(2 * wait, mostRetry);
    environment.time.after(wait, () => {
      this.isRetrying = false;
      if (this.isOver || !this.from.hasSystem) return;
      if (this.waited > giveUpAfter) return this.from.failed('ETIMEDOUT');
      const { forward, backward } = environment;
      if (forward.isCut || backward.isCut || environment.isDead()) return this.retry();
      const arrived = this.kept - lengthOf(this.waiting) - lengthOf(this.inFlight);
      if (arrived > 0) environment.time.after(backward.latency, () => this.acknowledged(arrived));
      this.transmit();
    });
  }

  /** The other end knows of no such connection. */
  private answerReset(): void {
    const { backward, time } = this.environment;
    this.abort();
    if (!backward.isCut) time.after(backward.latency, () => this.from.failed('ECONNRESET'));
  }
}

function lengthOf(pieces: readonly Buffer[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}
