import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import { SetupError } from '../cluster/setupError.ts';
import type { TlsCredentials } from '../cluster/tlsCredentials.ts';
import type { Codec } from '../encoding/codec.ts';
import type { ByteStream, ListeningPort } from '../platform/network.ts';
import type { Platform } from '../platform/platform.ts';
import { ConnectionSlots, fewestDescriptors } from './connectionSlots.ts';
import { type ConnectionEvents, FramedConnection, FullError } from './framedConnection.ts';

/** The parameters of a listener, and its handlers. */
export interface ListenerOptions {
  readonly codec: Codec;
  readonly limits: ConnectionLimits;
  readonly tls: TlsCredentials | undefined;
  readonly platform: Platform;
  /** The number of replicas of the group. */
  readonly size: number;
  /** Milliseconds in which a peer completes the TLS handshake. */
  readonly handshakeTimeout: number;
  /** Milliseconds in a tick. A peer sends a sign of life every few; one of which no byte came for 200 is given up. */
  readonly tick: number;
  /** A peer connected. Yields the handlers of its connection. */
  onInbound(peer: InboundConnection): ConnectionEvents;
  /** A peer failed the TLS handshake. */
  onTlsFailure(remote: string, reason: string): void;
  /** So many connections were closed since it was told last, for want of slots. */
  onFull(count: number, reason: string): void;
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
  /** The peer has said what it is. Throws a FullError if there is no slot for it. */
  introduce(kind: 'client' | 'replica'): void;
}

/** The ticks without a byte after which a peer is given up: it may have vanished, of which its system cannot tell. */
const silentTicks = 200;
/** The ticks from one look for such peers to the next. */
const sweepTicks = 50;
/** The ticks from one report of connections that were closed for want of slots to the next. */
const reportTicks = 200;

/** Listens at an address, and owns all connections made to it. */
export class Listener {
  private readonly options: ListenerOptions;
  private readonly slots: ConnectionSlots<FramedConnection>;
  /** When bytes came on each connection. */
  private readonly open = new Map<FramedConnection, number>();
  /** Connections that were closed for want of slots, and are not reported yet. */
  private full = 0;
  /** Since when a report waits for more of them. */
  private reported = Number.NEGATIVE_INFINITY;
  private stopSweep: (() => void) | undefined;
  private port: ListeningPort | undefined;

  constructor(options: ListenerOptions) {
    const { size, platform } = options;
    this.options = options;
    this.slots = new ConnectionSlots(size, () => platform.network.descriptors());
  }

  /** Begins to listen; port 0 stands for any free port. Rejects with a SetupError if it cannot. */
  async listen(address: Address): Promise<Address> {
    const { tls, handshakeTimeout, onTlsFailure, platform, size } = this.options;
    const [fewest, descriptors] = [fewestDescriptors(size), platform.network.descriptors()];
    if (descriptors < fewest)
      throw new SetupError(
        `This process may have ${descriptors} files and connections open for this replica, which needs ${fewest}: raise the limit (ulimit -n).`,
      );
    const port = platform.network.listen(address, {
      ...{ tls, handshakeTimeout, onTlsFailure },
      mostConnections: () => this.slots.most,
      onConnection: (stream) => this.receive(stream),
    });
    this.sweepLater();
    this.port = await port.catch((error: unknown) => {
      throw new SetupError(`Cannot listen at ${address.host}:${address.port}: ${describe(error)}`);
    });
    return this.port.address;
  }

  /** Shows and asks for certificates of these credentials from now on. Throws an Error if they do not fit. */
  renew(tls: TlsCredentials): void {
    this.port?.renew(tls);
  }

  async close(): Promise<void> {
    const closed = this.port?.close();
    this.stopSweep?.();
    for (const connection of this.open.keys()) connection.end('this replica stops');
    await closed;
  }

  private sweepLater(): void {
    const { platform, tick } = this.options;
    const due = platform.clock.now() + sweepTicks * tick;
    this.stopSweep = platform.clock.after(sweepTicks * tick, () => {
      // In the time by which this is late, the process read nothing.
      this.sweep(platform.clock.now() - due);
      this.reportFull();
      this.sweepLater();
    });
  }

  private sweep(late: number): void {
    const longest = silentTicks * this.options.tick;
    const now = this.options.platform.clock.now();
    for (const [connection, heard] of this.open)
      if (now - heard - late > longest) connection.destroy(`the other end was silent for ${longest} ms`);
      else if (late > 0) this.open.set(connection, heard + late);
  }

  private receive(stream: ByteStream): void {
    const { codec, limits, platform, onInbound } = this.options;
    const { remote, certifiedName } = stream;
    let events: ConnectionEvents | undefined;
    const connection = new FramedConnection(
      stream,
      codec,
      limits,
      {
        onBytes: () => void this.open.set(connection, platform.clock.now()),
        onMessage: (message) => events?.onMessage(message),
        onBroken: (reason) => events?.onBroken(reason),
        onClosed: (reason) => {
          this.open.delete(connection);
          this.slots.close(connection);
          events?.onClosed(reason);
        },
      },
      platform.clock,
    );
    this.open.set(connection, platform.clock.now());
    const dropped = this.slots.open(connection);
    if (dropped !== undefined) {
      this.noteFull();
      dropped.destroy('it had not said who it is, and others needed its slot');
    }
    const introduce = (kind: 'client' | 'replica'): void => {
      if (this.slots.introduce(connection, kind)) return;
      this.noteFull();
      throw new FullError(`this server has ${this.slots.mostClients} clients, and takes no more`);
    };
    const isSecure = certifiedName !== undefined;
    events = onInbound({ connection, remote, certifiedName, isSecure, introduce });
  }

  private noteFull(): void {
    this.full++;
    this.reportFull();
  }

  /** Reports the first one at once, and later ones together. */
  private reportFull(): void {
    const { platform, tick, onFull } = this.options;
    const now = platform.clock.now();
    if (this.full === 0 || now - this.reported < reportTicks * tick) return;
    onFull(this.full, `the slots for ${this.slots.mostClients} clients are taken`);
    this.full = 0;
    this.reported = now;
  }
}

function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const advice = advices.get(code);
  return advice === undefined ? `${message}.` : `${message}. ${advice}`;
}

const advices: ReadonlyMap<string, string> = new Map([
  [
    'EADDRINUSE',
    'Another process listens there, or has a connection with that port: stop it, or use another port, below those of outgoing connections.',
  ],
  [
    'EADDRNOTAVAIL',
    'This machine has no such address: compare the number of the replica with the order of the addresses in the file of the cluster.',
  ],
  ['ENOTFOUND', 'This machine cannot find the name: correct it, or use an address.'],
  ['EACCES', 'This user may not listen there: use a port from 1024 on.'],
]);
