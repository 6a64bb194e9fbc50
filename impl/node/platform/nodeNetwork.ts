import { connect, createServer, type Server, type Socket } from 'node:net';
import {
  connect as connectSecurely,
  createSecureContext,
  createServer as createSecureServer,
  type PeerCertificate,
  Server as SecureServer,
  TLSSocket,
} from 'node:tls';
import type { Address } from '../cluster/address.ts';
import type { TlsCredentials } from '../cluster/tlsCredentials.ts';
import { mostDescriptors } from './descriptors.ts';
import { listenAt } from './listenAt.ts';
import type {
  ByteStream,
  ListeningPort,
  ListenOptions,
  Network,
  SecureConnect,
  StreamEvents,
} from './network.ts';

/** At so many ports this process listens. */
let ports = 0;

/** TCP, and TLS over it, by Node. */
export const nodeNetwork: Network = {
  connect: (to, tls) => new NodeStream(tls === undefined ? connect({ ...to }) : connectTls(to, tls)),
  listen: (at, options) => new NodePort(options).listen(at),
  descriptors: () => Math.floor(mostDescriptors / Math.max(1, ports)),
  checkCredentials: (tls) => {
    createSecureContext(tls);
  },
};

/** So many sockets are ended in a turn whose other ends have ended them. */
const endsInTurn = 100;
const toEnd: Socket[] = [];

/**
 * Ends this end, too, in a turn of its own. Thousands of clients that leave at once would otherwise keep the process from its timers for as
 * long as all their ends take.
 */
function endLater(socket: Socket): void {
  if (toEnd.push(socket) === 1) setImmediate(endSome);
}

function endSome(): void {
  for (const socket of toEnd.splice(0, endsInTurn)) socket.end();
  if (toEnd.length > 0) setImmediate(endSome);
}

/** A socket of Node. */
export class NodeStream implements ByteStream {
  private readonly socket: Socket;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
  }

  get remote(): string {
    return remoteOf(this.socket);
  }

  get certifiedName(): string | undefined {
    if (!(this.socket instanceof TLSSocket)) return undefined;
    const { subject } = this.socket.getPeerCertificate();
    const name: unknown = subject?.CN;
    return typeof name === 'string' ? name : '';
  }

  get isWritable(): boolean {
    return this.socket.writable;
  }

  get isOver(): boolean {
    return this.socket.destroyed || this.socket.writableEnded;
  }

  get backlog(): number {
    return this.socket.writableLength;
  }

  handle(events: StreamEvents): void {
    const { socket } = this;
    socket.once('connect', () => events.onReached?.());
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', () => events.onConnected?.());
    socket.on('data', (chunk: Buffer) => events.onData(chunk));
    socket.on('drain', () => events.onDrain());
    socket.on('error', (error) => events.onError(error));
    socket.on('end', () => endLater(socket));
    socket.on('close', () => events.onClosed());
  }

  write(bytes: Buffer): boolean {
    return this.socket.write(bytes);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  end(idle: number): void {
    if (this.socket.writableEnded) return;
    this.socket.end();
    // What the other end sends meanwhile does not keep it open.
    const look = (before: number): void => {
      const timer = setTimeout(() => {
        const { writableLength } = this.socket;
        if (writableLength === 0 || writableLength >= before) this.socket.destroy();
        else look(writableLength);
      }, idle);
      this.socket.once('close', () => clearTimeout(timer));
    };
    look(this.socket.writableLength);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

class NodePort implements ListeningPort {
  address: Address = { host: '', port: 0 };
  private readonly server: Server;
  /** The sockets whose TLS handshake is not complete, by their remote address, the oldest first. */
  private readonly unauthenticated = new Map<string, Socket>();
  /** How many connections are open. */
  private open = 0;
  private readonly mostConnections: () => number;

  constructor({ tls, mostConnections, handshakeTimeout, onConnection, onTlsFailure }: ListenOptions) {
    this.mostConnections = mostConnections;
    const receive = (socket: Socket): void => {
      this.unauthenticated.delete(remoteOf(socket));
      onConnection(new NodeStream(socket));
    };
    this.server =
      tls === undefined
        ? createServer({ allowHalfOpen: true }, receive)
        : createSecureServer(
            { ...tls, allowHalfOpen: true, handshakeTimeout, requestCert: true, rejectUnauthorized: true },
            receive,
          );
    if (tls !== undefined) this.server.on('connection', (socket: Socket) => this.awaitCertificate(socket));
    this.server.on('tlsClientError', (error: Error, socket: TLSSocket) =>
      onTlsFailure(remoteOf(socket), tlsFailure(error, socket)),
    );
  }

  async listen(at: Address): Promise<ListeningPort> {
    this.address = await listenAt(this.server, at);
    ports++;
    return this;
  }

  renew(tls: TlsCredentials): void {
    if (this.server instanceof SecureServer) this.server.setSecureContext(tls);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    if (this.address.port > 0) ports--;
    // A peer that never completes the TLS handshake would keep the server open.
    for (const socket of this.unauthenticated.values()) socket.destroy();
    await closed;
  }

  private awaitCertificate(socket: Socket): void {
    const remote = remoteOf(socket);
    const [oldest] = this.unauthenticated.values();
    if (this.open >= this.mostConnections()) oldest?.destroy();
    this.open++;
    this.unauthenticated.set(remote, socket);
    socket.once('close', () => {
      this.open--;
      this.unauthenticated.delete(remote);
    });
  }
}

function connectTls({ host, port }: Address, { expectedName, ...tls }: SecureConnect): Socket {
  const checkServerIdentity = (_: string, { subject }: PeerCertificate): Error | undefined =>
    subject.CN === expectedName
      ? undefined
      : new Error(`the certificate of ${String(subject.CN)} is not that of ${expectedName}`);
  return connectSecurely({ host, port, ...tls, checkServerIdentity });
}

/** Why a peer failed the handshake. Where Node accepts no certificate, the error is only that the socket was closed. */
function tlsFailure({ message }: Error, socket: TLSSocket): string {
  const problem: unknown = socket.authorizationError;
  return typeof problem === 'string' ? `its certificate is not accepted: ${problem}` : message.trim();
}

function remoteOf({ remoteAddress = 'nowhere', remotePort = 0 }: Socket): string {
  return `${remoteAddress}:${remotePort}`;
}
