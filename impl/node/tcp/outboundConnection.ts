import type { Address } from '../cluster/address.ts';
import { type ConnectionLimits, usualLimits } from '../cluster/cluster.ts';
import { replicaCommonName, type TlsCredentials } from '../cluster/tlsCredentials.ts';
import { Timers } from '../driver/timers.ts';
import type { Codec } from '../encoding/codec.ts';
import { nodePlatform, type Platform } from '../platform/platform.ts';
import { FramedConnection } from './framedConnection.ts';
import { goodbyeIn, type Hello, typeOf } from './handshake.ts';

/** The peer of an outbound connection, and how to connect to it. */
export interface OutboundOptions {
  readonly address: Address;
  /** The replica at that address. With TLS its certificate must bear this number. */
  readonly replicaNumber: number;
  /** The first frame, as it is now. */
  readonly hello: () => Hello;
  readonly codec: Codec;
  readonly limits: ConnectionLimits;
  /** Read anew for each connection. */
  readonly tls: TlsCredentials | undefined;
  /** Milliseconds in a tick. A connection is made again after one; each further delay is twice as long, up to 10 ticks. */
  readonly tick: number;
  /** Whether nothing is awaited from the peer: then signs of life are rare, so that many such connections cost little. By default never. */
  readonly isIdle?: () => boolean;
  /** By default that of this process. */
  readonly platform?: Platform;
}

/** Handles the events of an outbound connection. */
export interface OutboundEvents {
  /** The peer has answered `hello`. */
  onConnected(): void;
  onMessage(message: unknown): void;
  /** The peer has answered nothing for a while, not even signs of life. It may answer later. */
  onSilent?(): void;
  onLost(reason: string): void;
}

/** The ticks from one sign of life to the next. */
const aliveTicks = 5;
/** The ticks from one sign of life to the next while nothing is awaited. The other end gives up a peer of which it hears nothing for 200. */
const restTicks = 100;
/** The ticks after which a peer that has no slot for this end is asked again, at least and at most. */
const fullTicks = { least: 60, most: 120 };
/** The ticks in which the system of the peer must answer. The system alone would ask ever more rarely. */
const connectTicks = 20;
/** The ticks after which a peer is silent that has answered several signs of life with nothing. */
const quietTicks = 4 * aliveTicks;
/**
 * The ticks in which a sign of life is answered. TCP alone repeats what it sent ever more rarely, up to every two minutes, and would find
 * out as late that a link is well again; and it never finds out that only this connection is dead.
 */
const silentTicks = 30;
/** The most ticks that are waited: in these a slow link must carry a whole frame, of the usual size at least, and a peer that many call at once answers. */
const mostTicks = 200;

/**
 * Keeps up a connection to one replica: reconnects when it is lost or silent, with growing delays while the peer does not
 * answer. It sends a sign of life regularly, which the peer answers.
 */
export class OutboundConnection {
  private readonly options: OutboundOptions;
  private readonly events: OutboundEvents;
  private readonly watch: Timers<'alive' | 'quiet' | 'silent'>;
  private connection: FramedConnection;
  /** Whether the peer has answered. Before that, messages might be read by no process, or by a later start. */
  private isAnswered = false;
  /** Bytes sent on this connection. */
  private sent = 0;
  /** So many of them have arrived. */
  private arrived = 0;
  /** By sign of life that is not answered: the bytes that were sent before it. */
  private unanswered: number[] = [];
  private readonly platform: Platform;
  /** Ends the wait for the next reconnection. */
  private stopTimer: (() => void) | undefined;
  private failures = 0;
  /** When the wait was ended last, by the clock. */
  private hastened = Number.NEGATIVE_INFINITY;
  /** Whether the system of the peer has answered. */
  private isReached = false;
  /** Whether `hello` was sent, and nothing has come since. */
  private isGreeted = false;
  /** How often the peer was given up then before it answered. */
  private unwelcomed = 0;
  /** Whether the next sign of life is far, because nothing is awaited. */
  private isResting = false;
  /** Whether the peer has said that it has no slot for this end. */
  private isFull = false;
  /** Milliseconds for which the peer may be silent now. */
  private silenceLimit = 0;
  private isClosed = false;

  constructor(call: OutboundOptions, events: OutboundEvents) {
    this.options = call;
    this.platform = call.platform ?? nodePlatform;
    this.events = events;
    this.watch = new Timers<'alive' | 'quiet' | 'silent'>(
      (timer) => this.onTimer(timer),
      ['alive'],
      this.platform.clock,
    );
    this.connection = this.connect();
  }

  /** Sends a framed message. Yields false if the peer has not answered or the queue is full. */
  sendFrame(frame: Buffer): boolean {
    if (!this.isAnswered || !this.connection.sendFrame(frame)) return false;
    this.sent += frame.length;
    if (this.isResting) {
      this.isResting = false;
      this.watch.arm('alive', aliveTicks * this.options.tick);
      this.awaitMessage();
    }
    return true;
  }

  /**
   * The peer has restarted: drops a connection to its earlier start, or ends the wait for the next reconnection. One that is being made
   * goes on: two replicas that drop those to each other at one moment would do so again and again. The wait is ended once in a tick:
   * replicas that reach the wrong ones, and so hear of each other, would connect without a pause.
   */
  reconnect(): void {
    this.failures = 0;
    if (this.isAnswered) return this.connection.destroy('the replica started anew');
    if (this.stopTimer === undefined) return;
    this.stopTimer();
    const { clock } = this.platform;
    const wait = this.hastened + this.options.tick - clock.now();
    if (wait > 0) {
      this.stopTimer = clock.after(wait, () => this.reconnect());
      return;
    }
    this.hastened = clock.now();
    this.connection = this.connect();
  }

  /** Sends `hello` again. */
  repeatHello(): void {
    if (this.isAnswered) this.connection.send(this.options.hello());
  }

  close(): void {
    this.isClosed = true;
    this.stopTimer?.();
    this.watch.stop();
    this.connection.end('closed here');
  }

  private sendAlive(): void {
    const { tick, isIdle } = this.options;
    this.isResting = this.isAnswered && isIdle?.() === true;
    this.watch.arm('alive', (this.isResting ? restTicks : aliveTicks) * tick);
    if (!this.isAnswered || !this.connection.send({ type: 'alive' })) return;
    this.unanswered.push(this.sent);
    if (this.unanswered.length === 1) this.awaitBytes();
  }

  /** Gives up the peer if no byte comes in the time that its next answer may take. */
  private awaitBytes(): void {
    const { limits } = this.options;
    if (this.isResting && this.unanswered.length === 0) return this.watch.arm('silent', 0);
    const [before = this.arrived] = this.unanswered;
    const ticks = this.isAnswered
      ? silentTicks +
        ((mostTicks - silentTicks) * (before - this.arrived)) / Math.max(limits.frame, usualLimits.frame)
      : // Many others may have called this peer at the same moment, and been given up by it too soon.
        silentTicks * 2 ** this.unwelcomed;
    this.awaitFor(Math.min(ticks, mostTicks));
  }

  private awaitMessage(): void {
    if (this.isClosed) return;
    this.watch.arm('quiet', (quietTicks + (this.isResting ? restTicks : 0)) * this.options.tick);
  }

  private awaitFor(ticks: number): void {
    this.silenceLimit = ticks * this.options.tick;
    if (!this.isClosed) this.watch.arm('silent', this.silenceLimit);
  }

  private onTimer(timer: 'alive' | 'quiet' | 'silent'): void {
    switch (timer) {
      case 'alive':
        return this.sendAlive();
      case 'quiet':
        return this.events.onSilent?.();
      case 'silent':
        return this.giveUp();
    }
  }

  private giveUp(): void {
    if (this.isReached && !this.isAnswered) this.unwelcomed++;
    this.connection.destroy(`the other end was silent for ${Math.round(this.silenceLimit)} ms`);
  }

  private connect(): FramedConnection {
    this.stopTimer = undefined;
    const { address, replicaNumber, codec, limits, hello, tls } = this.options;
    this.sent = 0;
    this.arrived = 0;
    this.unanswered = [];
    this.isReached = false;
    this.awaitFor(connectTicks);
    const expectedName = replicaCommonName(replicaNumber);
    const { network, clock } = this.platform;
    const connection = new FramedConnection(
      network.connect(address, tls && { ...tls, expectedName }),
      codec,
      limits,
      {
        onReached: () => {
          this.isReached = true;
          this.awaitBytes();
        },
        onConnected: () => {
          this.isGreeted = true;
          connection.send(hello());
        },
        onBytes: () => this.awaitBytes(),
        onMessage: (message) => this.onMessage(message),
        // `onClosed` follows with the same reason.
        onBroken: () => undefined,
        onClosed: (reason) => this.onClosed(reason),
      },
      clock,
    );
    return connection;
  }

  private onMessage(message: unknown): void {
    this.isGreeted = false;
    this.awaitMessage();
    const type = typeOf(message);
    if (type === 'alive') {
      this.arrived = this.unanswered.shift() ?? this.arrived;
      this.awaitBytes();
    }
    if (type === 'goodbye') this.isFull = goodbyeIn(message)?.isFull === true;
    this.events.onMessage(message);
    if (this.isAnswered || this.isClosed || type !== 'welcome') return;
    this.failures = 0;
    this.unwelcomed = 0;
    this.isAnswered = true;
    this.sendAlive();
    this.events.onConnected();
  }

  private onClosed(reason: string): void {
    // With TLS 1.3 an end that accepts no certificate of this one closes the connection after the handshake, without a word.
    const isUnexplained = this.isGreeted && !this.isAnswered && this.options.tls !== undefined;
    this.isGreeted = false;
    this.isAnswered = false;
    this.isResting = false;
    this.watch.stop();
    this.events.onLost(
      isUnexplained
        ? `${reason}, after the TLS handshake: its log says whether it accepts this certificate`
        : reason,
    );
    if (this.isClosed) return;
    this.stopTimer = this.platform.clock.after(this.ticksToReconnect() * this.options.tick, () => {
      this.connection = this.connect();
    });
  }

  private ticksToReconnect(): number {
    if (this.isFull) {
      this.isFull = false;
      return fullTicks.least + this.platform.random.integer(fullTicks.most - fullTicks.least);
    }
    const ticks = Math.min(2 ** this.failures, 10);
    this.failures = Math.min(this.failures + 1, 10);
    return ticks;
  }
}
