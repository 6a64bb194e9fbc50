import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer, TLSSocket } from 'node:tls';
import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import { listening } from '../cluster/listenAt.ts';
import type { Secrets } from '../cluster/tlsCredentials.ts';
import type { Codec } from '../encoding/codec.ts';
import { Connection, type Events } from './framedConnection.ts';

/** What a listener does with each connection. */
export interface Reception {
  readonly codec: Codec;
  readonly bounds: ConnectionLimits;
  readonly secrets: Secrets | undefined;
  /** Somebody connected. Yields what to do with what comes. */
  onCaller(caller: Caller): Events;
  /** Somebody could not show that he may connect. */
  onStranger(place: string, reason: string): void;
}

/** Whoever has connected. */
export interface Caller {
  readonly connection: Connection;
  /** For people. */
  readonly place: string;
  /** The common name in the certificate, if there is one. */
  readonly certifiedName: string | undefined;
}

/** How many connections a replica has at most, those of clients included. */
const mostConnections = 10_000;

/** Listens at an address, and knows all connections that were made to it. */
export class Listener {
  private readonly server: Server;
  private readonly open = new Set<Connection>();
  /** Those who have yet to show who they are, by their place. */
  private readonly strangers = new Map<string, Socket>();

  constructor(reception: Reception) {
    const { secrets } = reception;
    const receive = (socket: Socket): void => this.receive(socket, reception);
    this.server =
      secrets === undefined
        ? createServer(receive)
        : createSecureServer({ ...secrets, requestCert: true, rejectUnauthorized: true }, receive);
    if (secrets !== undefined) this.server.on('connection', (socket: Socket) => this.meet(socket));
    this.server.on('tlsClientError', (error: Error, socket: Socket) =>
      reception.onStranger(placeOf(socket), error.message),
    );
    this.server.maxConnections = mostConnections;
  }

  /** Begins to listen. Port 0 stands for any that is free. Throws a SetupError if it cannot. */
  listen(address: Address): Promise<Address> {
    return listening(this.server, address, ({ code, message }) => {
      const advice = code === 'EADDRINUSE' ? ' Something else listens there: end it, or take another.' : '';
      return `Cannot listen at ${address.host}:${address.port}: ${message}.${advice}`;
    });
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const connection of this.open) connection.end('this replica stops');
    // Whoever never shows a certificate would be waited for, and whoever does it now would be let in.
    for (const socket of this.strangers.values()) socket.destroy();
    await closed;
  }

  private meet(socket: Socket): void {
    const place = placeOf(socket);
    this.strangers.set(place, socket);
    socket.once('close', () => this.strangers.delete(place));
  }

  private receive(socket: Socket, reception: Reception): void {
    const place = placeOf(socket);
    this.strangers.delete(place);
    let events: Events | undefined;
    const connection = new Connection(socket, reception.codec, reception.bounds, {
      onMessage: (message) => events?.onMessage(message),
      onBroken: (reason) => events?.onBroken(reason),
      onClosed: (reason) => {
        this.open.delete(connection);
        events?.onClosed(reason);
      },
    });
    this.open.add(connection);
    events = reception.onCaller({ connection, place, certifiedName: nameIn(socket) });
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
