import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Chance } from '../chance.ts';
import type { Clock } from '../clock.ts';
import { latencyIn, type NetworkConditions } from '../networkConditions.ts';

/** What went through links, and what did not. A piece is what arrives at a time. */
export interface LinkCounts {
  connections: number;
  broken: number;
  pieces: number;
  bytes: number;
}

/** What a link needs. */
export interface LinkOptions {
  /** Where whoever is called listens, on this machine. */
  readonly port: number;
  readonly networkConditions: NetworkConditions;
  readonly chance: Chance;
  readonly clock: Clock;
  readonly counts: LinkCounts;
  /** Told of so many bytes that have passed. `isAnswer`: those are from whoever was called. */
  readonly onPassed: (isAnswer: boolean, bytes: number) => void;
}

/** So many bytes may wait for a reader, before no more are read from the writer. */
const mostUnread = 2 ** 20;
/** How likely a partition breaks a connection, as impatient systems do, in place of holding what is sent until it heals. */
const breaking = 0.5;

/**
 * The way of one node to another: a port of this machine where whoever connects is passed on. As with real networks under
 * TCP, nothing is lost within a connection: what a partition or bad network conditions does is that it is late, or the last.
 */
export class Link {
  private isCut = false;
  private readonly server: Server;
  private readonly passages = new Set<Passage>();
  private readonly options: LinkOptions;

  constructor(options: LinkOptions) {
    this.options = options;
    this.server = createServer((near) => this.pass(near));
  }

  /** Begins to listen. Yields the port. */
  async open(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('A link listens on no port.');
    return address.port;
  }

  /** From now on nothing gets through. */
  cut(): void {
    if (this.isCut) return;
    this.isCut = true;
    for (const passage of this.passages) {
      if (this.options.chance.fraction() >= breaking) passage.hold();
      else {
        this.options.counts.broken += 1;
        passage.break();
      }
    }
  }

  mend(): void {
    this.isCut = false;
    for (const passage of this.passages) passage.release();
  }

  async close(): Promise<void> {
    for (const passage of this.passages) passage.break();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(near: Socket): void {
    const passage = new Passage(near, this.options, () => this.passages.delete(passage));
    this.passages.add(passage);
    if (this.isCut) passage.hold();
    else passage.release();
  }
}

/** One connection through a link. */
class Passage {
  private far: Socket | undefined;
  private isHeld = true;
  /** What has come so far while it is held: each has a piece of it arrive. */
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
    // That a connection ended in an error or not is the same to the other side.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.break();
      this.onClosed();
    });
  }

  private forward(from: Socket, to: Socket): void {
    const { counts, networkConditions, chance, clock, onPassed } = this.options;
    let last = 0;
    const underway: (Uint8Array | string)[] = [];
    from.on('data', (piece) => {
      counts.pieces += 1;
      counts.bytes += piece.length;
      if (chance.fraction() < networkConditions.loss) {
        counts.broken += 1;
        return this.break();
      }
      // What was sent first arrives first, even if timers run out in another order, as they do within a millisecond.
      underway.push(piece);
      last = Math.max(last, clock.now() + latencyIn(networkConditions, chance));
      const arrive = (): void => {
        if (this.isHeld) this.waiting.push(arrive);
        else {
          write(from, to, underway.shift() ?? '');
          onPassed(from === this.far, piece.length);
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
  if (to.writableLength <= mostUnread) return;
  from.pause();
  to.once('drain', () => from.resume());
}
