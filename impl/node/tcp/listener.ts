import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer, Server as SecureServer, TLSSocket } from 'node:tls';
import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import { listenAt } from '../cluster/listenAt.ts';
import type { TlsCredentials } from '../cluster/tlsCredentials.ts';
import type { Codec } from '../encoding/codec.ts';
import { type ConnectionEvents, FramedConnection } from './framedConnection.ts';

/** The parameters of a listener, and its handlers. */
export interface ListenerOptions {
  readonly codec: Codec;
  readonly limits: ConnectionLimits;
  readonly tls: TlsCredentials | undefined;
  /** A peer connected. Yields the handlers of its connection. */
  onInbound(peer: InboundConnection): ConnectionEvents;
  /** A peer failed the TLS handshake. */
  onTlsFailure(remote: string, reason: string): void;
}

/** A connection that a peer made to this end. */
export interface InboundConnection {
  readonly connection: FramedConnection;
  /** The peer's host and port, for log lines. */
  readonly remote: string;
  /** The common name in the peer's certificate, empty if it has none or several; undefined without TLS. */
  readonly certifiedName: string | undefined;
  /** Whether the peer has shown a certificate. */
  readonly isSecure: boolean;
}

/** The most connections of a replica, those of clients included. */
const mostConnections = 10_000;

/** Listens at an address, and owns all connections made to it. */
export class Listener {
  private readonly server: Server;
  private readonly open = new Set<FramedConnection>();
  /** The sockets whose TLS handshake is not complete, by their remote address. */
  private readonly unauthenticated = new Map<string, Socket>();

  constructor(options: ListenerOptions) {
    const { tls } = options;
    const receive = (socket: Socket): void => this.receive(socket, options);
    this.server =
      tls === undefined
        ? createServer(receive)
        : createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: true }, receive);
    if (tls !== undefined) this.server.on('connection', (socket: Socket) => this.awaitCertificate(socket));
    this.server.on('tlsClientError', (error: Error, socket: Socket) =>
      options.onTlsFailure(remoteOf(socket), error.message),
    );
    this.server.maxConnections = mostConnections;
  }

  /** Begins to listen; port 0 stands for any free port. Rejects with a SetupError if it cannot. */
  listen(address: Address): Promise<Address> {
    return listenAt(this.server, address, ({ code, message }) => {
      const advice =
        code === 'EADDRINUSE'
          ? ' Another process listens there, or has a connection with that port: stop it, or use another port, below those of outgoing connections.'
          : '';
      return `Cannot listen at ${address.host}:${address.port}: ${message}.${advice}`;
    });
  }

  /** Shows and asks for certificates of these credentials from now on. Throws an Error if they do not fit. */
  renew(tls: TlsCredentials): void {
    if (this.server instanceof SecureServer) this.server.setSecureContext(tls);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const connection of this.open) connection.end('this replica stops');
    // A peer that never completes the TLS handshake would keep the server open.
    for (const socket of this.unauthenticated.values()) socket.destroy();
    await closed;
  }

  private awaitCertificate(socket: Socket): void {
    const remote = remoteOf(socket);
    this.unauthenticated.set(remote, socket);
    socket.once('close', () => this.unauthenticated.delete(remote));
  }

  private receive(socket: Socket, options: ListenerOptions): void {
    const remote = remoteOf(socket);
    this.unauthenticated.delete(remote);
    let events: ConnectionEvents | undefined;
    const connection = new FramedConnection(socket, options.codec, options.limits, {
      onMessage: (message) => events?.onMessage(message),
      onBroken: (reason) => events?.onBroken(reason),
      onClosed: (reason) => {
        this.open.delete(connection);
        events?.onClosed(reason);
      },
    });
    this.open.add(connection);
    events = options.onInbound({
      connection,
      remote,
      certifiedName: nameIn(socket),
      isSecure: socket instanceof TLSSocket,
    });
  }
}

function remoteOf({ remoteAddress = 'nowhere', remotePort = 0 }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}

function nameIn(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { subject } = socket.getPeerCertificate();
  const name: unknown = subject?.CN;
  return typeof name === 'string' ? name : '';
}
