import { connect, type Socket } from 'node:net';
import { connect as connectSecurely, type PeerCertificate } from 'node:tls';
import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import { replicaCommonName, type TlsCredentials } from '../cluster/tlsCredentials.ts';
import type { Codec } from '../encoding/codec.ts';
import { FramedConnection } from './framedConnection.ts';
import type { Hello } from './handshake.ts';

/** What a dialler needs to know of whom it calls, and how. */
export interface OutboundOptions {
  readonly address: Address;
  /** The number of the replica there, which its certificate must bear, if certificates are used. */
  readonly replicaNumber: number;
  readonly hello: Hello;
  readonly codec: Codec;
  readonly limits: ConnectionLimits;
  readonly tls: TlsCredentials | undefined;
  /** Milliseconds before the first repetition; each is twice as long as the one before, up to twenty times the first. */
  readonly retryDelay: number;
}

/** What becomes of a call. */
export interface OutboundEvents {
  /** There is a connection, and `hello` was answered. */
  onConnected(): void;
  onMessage(message: unknown): void;
  onLost(reason: string): void;
}

/** Keeps up a connection to one address: when it is lost it is made anew, each time later while nobody answers. */
export class OutboundConnection {
  private readonly options: OutboundOptions;
  private readonly events: OutboundEvents;
  private connection: FramedConnection;
  /** Whether the one at the other end has answered: until then it may be gone, and what is said to it be read too late. */
  private isAnswered = false;
  private timer: NodeJS.Timeout | undefined;
  private failures = 0;
  private isClosed = false;

  constructor(call: OutboundOptions, events: OutboundEvents) {
    this.options = call;
    this.events = events;
    this.connection = this.connect();
  }

  /** Sends what is a frame already. Yields whether there is a connection, answered, with room for it. */
  sendFrame(frame: Buffer): boolean {
    return this.isAnswered && this.connection.sendFrame(frame);
  }

  /** Whoever is called has started anew: any connection there is leads to an earlier start, and there is no need to wait. */
  reconnect(): void {
    this.failures = 0;
    if (this.timer === undefined) return this.connection.destroy('the replica started anew');
    clearTimeout(this.timer);
    this.connection = this.connect();
  }

  /** Says `hello` once more. */
  repeatHello(): void {
    if (this.isAnswered) this.connection.send(this.options.hello);
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.connection.end('closed here');
  }

  private connect(): FramedConnection {
    this.timer = undefined;
    const { codec, limits: bounds, hello, tls: secrets } = this.options;
    const socket = this.open();
    const connection = new FramedConnection(socket, codec, bounds, {
      onMessage: (message) => this.onMessage(message),
      // It is lost, with the same reason.
      onBroken: () => undefined,
      onClosed: (reason) => this.onClosed(reason),
    });
    socket.once(secrets === undefined ? 'connect' : 'secureConnect', () => connection.send(hello));
    return connection;
  }

  private onMessage(message: unknown): void {
    this.events.onMessage(message);
    if (this.isAnswered) return;
    this.failures = 0;
    this.isAnswered = true;
    this.events.onConnected();
  }

  private open(): Socket {
    const { address, replicaNumber: callee, tls: secrets } = this.options;
    const { host, port } = address;
    if (secrets === undefined) return connect({ host, port });
    const checkServerIdentity = (_: string, { subject }: PeerCertificate): Error | undefined =>
      subject.CN === replicaCommonName(callee)
        ? undefined
        : new Error(`the certificate of ${String(subject.CN)} is not that of ${replicaCommonName(callee)}`);
    return connectSecurely({ host, port, ...secrets, checkServerIdentity });
  }

  private onClosed(reason: string): void {
    this.isAnswered = false;
    this.events.onLost(reason);
    if (this.isClosed) return;
    const delay = this.options.retryDelay * Math.min(2 ** this.failures, 20);
    this.failures = Math.min(this.failures + 1, 10);
    this.timer = setTimeout(() => {
      this.connection = this.connect();
    }, delay);
  }
}
