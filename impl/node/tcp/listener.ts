import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer, TLSSocket } from 'node:tls';
import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import { listenAt } from '../cluster/listenAt.ts';
import type { TlsCredentials } from '../cluster/tlsCredentials.ts';
import type { Codec } from '../encoding/codec.ts';
import { type ConnectionEvents, FramedConnection } from './framedConnection.ts';

/** What a listener does with each connection. */
export interface ListenerOptions {
  readonly codec: Codec;
  readonly limits: ConnectionLimits;
  readonly tls: TlsCredentials | undefined;
  /** Somebody connected. Yields what to do with what comes. */
  onInbound(caller: InboundConnection): ConnectionEvents;
  /** Somebody could not show that he may connect. */
  onTlsFailure(place: string, reason: string): void;
}

/** Whoever has connected. */
export interface InboundConnection {
  readonly connection: FramedConnection;
  /** For people. */
  readonly remote: string;
  /** The common name in the certificate, if there is one. */
  readonly certifiedName: string | undefined;
}

/** How many connections a replica has at most, those of clients included. */
const mostConnections = 10_000;

/** Listens at an address, and knows all connections that were made to it. */
export class Listener {
  private readonly server: Server;
  private readonly open = new Set<FramedConnection>();
  /** Those who have yet to show who they are, by their place. */
  private readonly unauthenticated = new Map<string, Socket>();

  constructor(reception: ListenerOptions) {
    const { tls: secrets } = reception;
    const receive = (socket: Socket): void => this.receive(socket, reception);
    this.server =
      secrets === undefined
        ? createServer(receive)
        : createSecureServer({ ...secrets, requestCert: true, rejectUnauthorized: true }, receive);
    if (secrets !== undefined)
      this.server.on('connection', (socket: Socket) => this.awaitCertificate(socket));
    this.server.on('tlsClientError', (error: Error, socket: Socket) =>
      reception.onTlsFailure(placeOf(socket), error.message),
    );
    this.server.maxConnections = mostConnections;
  }

  /** Begins to listen. Port 0 stands for any that is free. Throws a SetupError if it cannot. */
  listen(address: Address): Promise<Address> {
    return listenAt(this.server, address, ({ code, message }) => {
      const advice = code === 'EADDRINUSE' ? ' Something else listens there: end it, or take another.' : '';
      return `Cannot listen at ${address.host}:${address.port}: ${message}.${advice}`;
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const connection of this.open) connection.end('this replica stops');
    // Whoever never shows a certificate would be waited for, and whoever does it now would be let in.
    for (const socket of this.unauthenticated.values()) socket.destroy();
    await closed;
  }

  private awaitCertificate(socket: Socket): void {
    const place = placeOf(socket);
    this.unauthenticated.set(place, socket);
    socket.once('close', () => this.unauthenticated.delete(place));
  }

  private receive(socket: Socket, reception: ListenerOptions): void {
    const place = placeOf(socket);
    this.unauthenticated.delete(place);
    let events: ConnectionEvents | undefined;
    const connection = new FramedConnection(socket, reception.codec, reception.limits, {
      onMessage: (message) => events?.onMessage(message),
      onBroken: (reason) => events?.onBroken(reason),
      onClosed: (reason) => {
        this.open.delete(connection);
        events?.onClosed(reason);
      },
    });
    this.open.add(connection);
    events = reception.onInbound({ connection, remote: place, certifiedName: nameIn(socket) });
  }
}

function placeOf({ remoteAddress = 'nowhere', remotePort = 0 }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}

function nameIn(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { subject } = socket.getPeerCertificate();
  // A certificate may have several, and then has none that we could rely on.
  const name: unknown = subject?.CN;
  return typeof name === 'string' ? name : undefined;
}
