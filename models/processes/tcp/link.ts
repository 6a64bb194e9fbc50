import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { latencyIn, type NetworkConditions } from '../network/networkConditions.ts';

/** The traffic of links. A piece is one chunk of bytes as a socket delivers it. `broken` counts broken connections. */
export interface LinkCounts {
  connections: number;
  broken: number;
  pieces: number;
  bytes: number;
}

interface LinkOptions {
  /** The port of this machine on which the called server listens. */
  readonly port: number;
  readonly networkConditions: NetworkConditions;
  readonly chance: Chance;
  readonly clock: Clock;
  readonly counts: LinkCounts;
  /** Called with the number of bytes forwarded. `isAnswer`: the called server sent them. */
  readonly onForwarded: (isAnswer: boolean, bytes: number) => void;
}

/** The most bytes buffered for a receiver before reading from the sender pauses. */
const maxUnreadBytes = 2 ** 20;
/** The probability that a partition breaks a connection, as a timeout would. It holds back the others' bytes until it heals. */
const breakProbability = 0.5;

/**
 * The link from one server to another: a port of this machine that forwards each connection to the called server. As under
 * TCP, no byte within a connection is lost: partitions and network conditions delay bytes or break the connection.
 */
export class Link {
  private isCut = false;
  private readonly server: Server;
  private readonly connections = new Set<LinkConnection>();
  private readonly options: LinkOptions;

  constructor(options: LinkOptions) {
    this.options = options;
    this.server = createServer((near) => this.accept(near));
  }

  /** Begins to listen. Resolves with the port. */
  async open(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('The link listens on no port.');
    return address.port;
  }

  /** From now on no byte gets through. */
  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    for (const connection of this.connections) {
      if (this.options.chance.fraction() >= breakProbability) connection.hold();
      else {
        this.options.counts.broken += 1;
        connection.break();
      }
    }
  }

  mend(): void {
    this.isCut = false;
    for (const connection of this.connections) connection.release();
  }

  async close(): Promise<void> {
    for (const connection of this.connections) connection.break();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(near: Socket): void {
    const connection = new LinkConnection(near, this.options, () => this.connections.delete(connection));
    this.connections.add(connection);
    if (this.isCut) connection.hold();
    else connection.release();
  }
}

/** One connection through a link. */
class LinkConnection {
  private far: Socket | undefined;
  private isHeld = true;
  /** Pieces that arrived while it was held: each call forwards one. */
  private waiting: (() => void)[] = [];
  private readonly near: Socket;
  private readonly options: LinkOptions;
  private readonly onClosed: () => void;

  constructor(near: Socket, options: LinkOptions, onClosed: () => void) {
    this.near = near;
    this.options = options;
    this.onClosed = onClosed;
    options.counts.connections += 1;
    this.watch(near);
  }

  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
    if (this.far === undefined) {
      this.far = connect({ port: this.options.port, host: '127.0.0.1' });
      this.watch(this.far);
      this.forward(this.near, this.far);
      this.forward(this.far, this.near);
    }
    for (const arrive of this.waiting.splice(0)) arrive();
  }

  break(): void {
    this.near.destroy();
    this.far?.destroy();
  }

  private watch(socket: Socket): void {
    socket.setNoDelay(true);
    // An error ends the connection as `close` does; the other side sees no difference.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.break();
      this.onClosed();
    });
  }

  private forward(from: Socket, to: Socket): void {
    const { counts, networkConditions, chance, clock, onForwarded } = this.options;
    let last = 0;
    const inTransit: (Uint8Array | string)[] = [];
    from.on('data', (piece) => {
      counts.pieces += 1;
      counts.bytes += piece.length;
      if (chance.fraction() < networkConditions.loss) {
        counts.broken += 1;
        return this.break();
      }
      // Pieces arrive in order, although timers that are due within one millisecond may fire out of order.
      inTransit.push(piece);
      last = Math.max(last, clock.now() + latencyIn(networkConditions, chance));
      const arrive = (): void => {
        if (this.isHeld) this.waiting.push(arrive);
        else {
          write(from, to, inTransit.shift() ?? '');
          onForwarded(from === this.far, piece.length);
        }
      };
      if (last > clock.now()) clock.after(last - clock.now(), arrive);
      else arrive();
    });
  }
}

function write(from: Socket, to: Socket, piece: Uint8Array | string): void {
  if (to.destroyed) return;
  to.write(piece);
  if (to.writableLength <= maxUnreadBytes) return;
  from.pause();
  to.once('drain', () => from.resume());
}
