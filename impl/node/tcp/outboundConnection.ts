import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, type PeerCertificate } from 'node:tls';
import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import { replicaCommonName, type TlsCredentials } from '../cluster/tlsCredentials.ts';
import { Timers } from '../driver/timers.ts';
import type { Codec } from '../encoding/codec.ts';
import { FramedConnection } from './framedConnection.ts';
import type { Hello } from './handshake.ts';

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
  /** Milliseconds in a tick. A connection is made again after one; each further delay is twice as long, up to 20 ticks. */
  readonly tick: number;
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
/** The ticks after which a peer is silent that has answered several signs of life with nothing. */
const quietTicks = 4 * aliveTicks;
/**
 * The ticks after which a peer that has answered nothing is given up. TCP alone repeats what it sent ever more rarely, up to every
 * two minutes, and would find out as late that a link is well again. In this time a slow link must carry a whole frame.
 */
const silentTicks = 200;

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
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private isClosed = false;

  constructor(call: OutboundOptions, events: OutboundEvents) {
    this.options = call;
    this.events = events;
    this.watch = new Timers<'alive' | 'quiet' | 'silent'>((timer) => this.onTimer(timer), ['alive']);
    this.connection = this.connect();
  }

  /** Sends a framed message. Yields false if the peer has not answered or the queue is full. */
  sendFrame(frame: Buffer): boolean {
    return this.isAnswered && this.connection.sendFrame(frame);
  }

  /** The peer has restarted: drops a connection to its earlier start, or ends the wait for the next reconnection. */
  reconnect(): void {
    this.failures = 0;
    if (this.timer === undefined) return this.connection.destroy('the replica started anew');
    clearTimeout(this.timer);
    this.connection = this.connect();
  }

  /** Sends `hello` again. */
  repeatHello(): void {
    if (this.isAnswered) this.connection.send(this.options.hello());
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.watch.stop();
    this.connection.end('closed here');
  }

  private sendAlive(): void {
    if (this.isAnswered) this.connection.send({ type: 'alive' });
    this.watch.arm('alive', aliveTicks * this.options.tick);
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
    this.connection.destroy(`the other end was silent for ${silentTicks * this.options.tick} ms`);
  }

  private connect(): FramedConnection {
    this.timer = undefined;
    const { codec, limits, hello, tls, tick } = this.options;
    this.watch.arm('silent', silentTicks * tick);
    const socket = this.open(tls);
    const connection = new FramedConnection(socket, codec, limits, {
      onMessage: (message) => this.onMessage(message),
      // `onClosed` follows with the same reason.
      onBroken: () => undefined,
      onClosed: (reason) => this.onClosed(reason),
    });
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => connection.send(hello()));
    return connection;
  }

  private onMessage(message: unknown): void {
    if (!this.isClosed) {
      this.watch.arm('quiet', quietTicks * this.options.tick);
      this.watch.arm('silent', silentTicks * this.options.tick);
    }
    this.events.onMessage(message);
    if (this.isAnswered || this.isClosed || !isWelcome(message)) return;
    this.failures = 0;
    this.isAnswered = true;
    this.sendAlive();
    this.events.onConnected();
  }

  private open(tls: TlsCredentials | undefined): Socket {
    const { address, replicaNumber } = this.options;
    const { host, port } = address;
    if (tls === undefined) return connect({ host, port });
    const checkServerIdentity = (_: string, { subject }: PeerCertificate): Error | undefined =>
      subject.CN === replicaCommonName(replicaNumber)
        ? undefined
        : new Error(
            `the certificate of ${String(subject.CN)} is not that of ${replicaCommonName(replicaNumber)}`,
          );
    return connectSecurely({ host, port, ...tls, checkServerIdentity });
  }

  private onClosed(reason: string): void {
    this.isAnswered = false;
    this.watch.stop();
    this.events.onLost(reason);
    if (this.isClosed) return;
    const delay = this.options.tick * Math.min(2 ** this.failures, 20);
    this.failures = Math.min(this.failures + 1, 10);
    this.timer = setTimeout(() => {
      this.connection = this.connect();
    }, delay);
  }
}

/** Whether the peer believes the `hello`. */
function isWelcome(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'welcome';
}
