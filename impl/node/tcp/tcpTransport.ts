import type { z } from 'zod';
import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { Access } from '../cluster/access.ts';
import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import type { TlsCredentials } from '../cluster/tlsCredentials.ts';
import type { Transport, TransportObserver } from '../driver/transport.ts';
import type { Codec } from '../encoding/codec.ts';
import { describeIssue, encodeMessage, messageSchema } from '../encoding/messageSchema.ts';
import type { Clock } from '../platform/clock.ts';
import type { Platform } from '../platform/platform.ts';
import { takeTraceparent, withTraceparent } from '../telemetry/traceContext.ts';
import { denialOf, describeBothOutdated, describeDenial, isOlder } from './admission.ts';
import { ClientConnections } from './clientConnections.ts';
import { type ConnectionEvents, FramedConnection } from './framedConnection.ts';
import {
  type Answer,
  answerSchema,
  type Denied,
  goodbyeIn,
  type Hello,
  relayedIn,
  senderOf,
  signOfLife,
  typeOf,
} from './handshake.ts';
import { checkedHello, freeDifferences, type Greeted } from './helloCheck.ts';
import { type InboundConnection, Listener } from './listener.ts';
import { OutboundConnection } from './outboundConnection.ts';
import type { Receiver } from './receiver.ts';

/** The parameters of a replica's transport. */
export interface TcpTransportOptions extends Greeted {
  /** Of all replicas, by number. */
  readonly addresses: readonly Address[];
  readonly codec: Codec;
  readonly limits: ConnectionLimits;
  readonly tls: TlsCredentials | undefined;
  readonly access: Access;
  /** Milliseconds in a tick: see `OutboundOptions`. */
  readonly tick: number;
  readonly platform: Platform;
}

/** The ticks after which a replica that is silent may have stopped. */
const silentTicks = 20;

/** A replica that was admitted. */
interface Introduced {
  readonly connection: FramedConnection;
  readonly remote: string;
  readonly boot: string;
  /** Null while it takes part in no group. */
  readonly cluster: string | null;
}

/** Milliseconds in which a peer that connected has to send `hello`. */
const helloTimeout = 10_000;

/**
 * Carries messages over TCP (VRR leaves the transport open). Each replica connects to all others, and sends on the
 * connections that it made. It answers requests on the connection on which they came.
 */
export class TcpTransport implements Transport {
  private options: TcpTransportOptions;
  private readonly receiver: Receiver;
  private readonly observer: TransportObserver;
  private readonly clock: Clock;
  private readonly schema: z.ZodType<Message>;
  private readonly listener: Listener;
  private readonly outbound = new Map<number, OutboundConnection>();
  private readonly inbound = new Map<number, Introduced & { heard: number }>();
  /** The start of each replica that answers on the connection to it. */
  private readonly boots = new Map<number, string>();
  /** Why a replica has said that it closes the connection to it. */
  private readonly goodbyes = new Map<number, string>();
  private readonly clients: ClientConnections;
  /** The last message and its frame: a broadcast is framed once. */
  private lastFrame: { readonly message: Message; readonly frame: Buffer } | undefined;

  constructor(options: TcpTransportOptions, receiver: Receiver, observer: TransportObserver) {
    this.options = options;
    this.clock = options.platform.clock;
    this.receiver = receiver;
    this.observer = observer;
    this.schema = messageSchema(options.configuration);
    const relay = (to: number, answer: ClientMessage): void =>
      this.sendFramed(to, () => this.frameOf({ type: 'relayed', answer }));
    this.clients = new ClientConnections(options, receiver, observer, relay, this.clock);
    const { codec, limits, tls, tick, platform } = options;
    this.listener = new Listener({
      ...{ codec, limits, tls, tick, platform, size: options.addresses.length },
      handshakeTimeout: helloTimeout,
      onInbound: (peer) => this.onInbound(peer),
      onTlsFailure: (remote, reason) => observer.onRejected(remote, reason),
      onFull: (count, reason) => observer.onRejected(`${count} connections`, reason),
    });
  }

  /** Listens, then connects to the others. Yields the address at which it listens. */
  async open(): Promise<Address> {
    const { addresses, replicaNumber } = this.options;
    const own = addresses[replicaNumber];
    if (own === undefined) throw new RangeError(`There is no address for replica ${replicaNumber}.`);
    const listening = await this.listener.listen(own);
    for (const [number, address] of addresses.entries())
      if (number !== replicaNumber) this.outbound.set(number, this.connectTo(number, address));
    return listening;
  }

  send(to: number, message: Message): void {
    this.sendFramed(to, () => {
      if (this.lastFrame?.message !== message)
        this.lastFrame = { message, frame: this.frameOf(withTraceparent(message, encodeMessage(message))) };
      return this.lastFrame.frame;
    });
  }

  reply(message: ClientMessage): void {
    this.clients.reply(message);
  }

  /** Uses these credentials for new connections, and these rules at once. Throws an Error if the credentials do not fit. */
  renew({ tls, access }: Pick<TcpTransportOptions, 'tls' | 'access'>): void {
    // A group does not change between TLS and none while it runs.
    if (tls !== undefined && this.options.tls !== undefined) {
      this.listener.renew(tls);
      this.options = { ...this.options, tls };
    }
    this.clients.restrict(access);
  }

  /** Sends `hello` to all others again. */
  repeatHello(): void {
    for (const peer of this.outbound.values()) peer.repeatHello();
  }

  async close(): Promise<void> {
    for (const peer of this.outbound.values()) peer.close();
    await this.listener.close();
  }

  private connectTo(number: number, address: Address): OutboundConnection {
    const { group, replicaNumber: from, boot, codec, limits, tick, platform } = this.options;
    const { mode } = this.options.configuration;
    const settings = { ...this.options.settings, ...this.options.freeSettings };
    const hello = (): Hello => {
      return { type: 'hello', group, settings, from, mode, boot, introduction: this.receiver.introduction };
    };
    const self = this;
    const call = {
      ...{ address, replicaNumber: number, hello, codec, limits, tick, platform },
      get tls() {
        return self.options.tls;
      },
    };
    return new OutboundConnection(call, {
      onConnected: () => this.observer.onConnection('connected', number, ''),
      onMessage: (message) => this.onAnswer(number, message),
      onLost: (reason) => {
        this.boots.delete(number);
        this.observer.onConnection('lost', number, this.goodbyes.get(number) ?? reason);
        this.goodbyes.delete(number);
      },
    });
  }

  /** Another replica answers `hello`, or a sign of life. It sends nothing else on this connection. */
  private onAnswer(number: number, message: unknown): void {
    const answer = answerSchema.safeParse(message);
    if (!answer.success) throw new Error(describeIssue(answer.error));
    if (answer.data.type === 'goodbye') {
      this.goodbyes.set(number, answer.data.reason);
      return this.observer.onRejected(`replica ${number}`, answer.data.reason);
    }
    if (answer.data.type === 'denied') return this.onDenied(number, answer.data);
    if (answer.data.type === 'alive') return this.receiver.onPeerStatus(number, answer.data.status);
    if (answer.data.type !== 'welcome') return;
    const { replicaNumber, boot } = answer.data;
    if (replicaNumber !== number) {
      const reason = `replica ${replicaNumber} answers at the address of replica ${number}`;
      this.observer.onRejected(`replica ${number}`, reason);
      throw new Error(reason);
    }
    this.boots.set(number, boot);
    this.receiver.onWelcome(number);
  }

  private onDenied(by: number, { denial, reason, introduction }: Denied): void {
    const isBoth =
      denial === 'outdated' &&
      introduction !== undefined &&
      isOlder(introduction, this.receiver.acquaintanceWith(by));
    const why = isBoth ? 'both-outdated' : denial;
    const told = isBoth ? describeBothOutdated(this.options.replicaNumber, by) : reason;
    this.goodbyes.set(by, told);
    this.receiver.onDenied(by, why, told);
  }

  private onInbound(peer: InboundConnection): ConnectionEvents {
    let hello: Hello | undefined;
    const onTimeout = (): void => peer.connection.end('no hello came in time');
    const stopTimer = this.clock.after(helloTimeout, onTimeout);
    return {
      onMessage: (message) => {
        if (hello !== undefined && typeOf(message) !== 'hello') return this.onFrame(peer, hello, message);
        // Each identity of a client is kept as long as its connection.
        if (hello?.from === null) throw new Error('a client says hello once');
        stopTimer();
        hello = this.onHello(peer, message);
      },
      onBroken: (reason) => this.observer.onRejected(peer.remote, reason),
      onClosed: () => {
        stopTimer();
        this.forget(peer.connection);
      },
    };
  }

  /** Welcomes a peer that sends a correct `hello`, unless it must be denied. Throws an Error with the reason otherwise. */
  private onHello(peer: InboundConnection, message: unknown): Hello | undefined {
    const hello = checkedHello(message, peer.certifiedName, this.options);
    if (hello.from === null) {
      this.clients.add(peer, hello);
      this.welcome(peer);
      return hello;
    }
    return this.admit(peer, hello, hello.from) ? hello : undefined;
  }

  /**
   * Admits another replica, unless it must be denied. It is answered once its start is noted durably, and sends nothing
   * before.
   * The connection of an earlier start is closed, so that none of its messages is read after this.
   */
  private admit(peer: InboundConnection, hello: Hello, from: number): boolean {
    const { boot, introduction } = hello;
    if (introduction === null) return false;
    const { connection } = peer;
    const { receiver, inbound, clock } = this;
    const silent = silentTicks * this.options.tick;
    const earlier = inbound.get(from);
    const { cluster, generation } = introduction;
    const isAlive = earlier !== undefined && earlier.boot !== boot && clock.now() - earlier.heard < silent;
    const present = { isAlive, isNewcomer: earlier?.cluster === null };
    const known = receiver.acquaintanceWith(from);
    const denial = denialOf(introduction, { ...known, ...present, cluster: receiver.introduction.cluster });
    if (denial !== undefined) {
      this.deny(peer, from, denial, cluster, earlier?.remote);
      return false;
    }
    const others = freeDifferences(hello, this.options);
    if (others !== undefined) this.observer.onOtherSettings(from, others);
    if (earlier?.connection !== connection) earlier?.connection.destroy('the replica connected anew');
    peer.introduce('replica');
    inbound.set(from, { connection, remote: peer.remote, boot, cluster, heard: clock.now() });
    receiver.onAdmitted();
    if (this.boots.get(from) !== boot) this.outbound.get(from)?.reconnect();
    const isNoted = known.latest?.start === boot && known.latest.generation === generation;
    if (cluster === null || isNoted) this.welcome(peer);
    // A failure of the storage stops the server.
    else
      receiver.notePeer(from, { start: boot, generation }).then(
        () => this.welcome(peer),
        () => connection.destroy('its start could not be noted'),
      );
    return true;
  }

  private deny(
    peer: InboundConnection,
    from: number,
    denial: Denied['denial'],
    cluster: string | null,
    twin = 'nowhere',
  ): void {
    const { introduction } = this.receiver;
    const { cluster: own } = introduction;
    const by = this.options.replicaNumber;
    const reason = describeDenial(denial, { from, by, cluster, own, twin });
    this.observer.onRejected(`replica ${from} at ${peer.remote}`, reason);
    this.answer(peer, { type: 'denied', denial, reason, introduction });
    peer.connection.end(reason);
  }

  private welcome(peer: InboundConnection): void {
    const { replicaNumber, boot } = this.options;
    const { cluster } = this.receiver.introduction;
    this.answer(peer, { type: 'welcome', replicaNumber, boot, cluster });
  }

  private onFrame(peer: InboundConnection, hello: Hello, message: unknown): void {
    const own = hello.from === null ? undefined : this.inbound.get(hello.from);
    if (own?.connection === peer.connection) own.heard = this.clock.now();
    if (typeOf(message) === 'alive') return this.answer(peer, signOfLife(this.receiver.status()));
    if (hello.from === null && this.clients.takesQuestion(peer, message)) return;
    const goodbye = goodbyeIn(message);
    if (goodbye !== undefined)
      return this.observer.onRejected(
        `${senderOf(hello)} at ${peer.remote}`,
        `it closed the connection: ${goodbye.reason}`,
      );
    const relayed = hello.from === null ? undefined : relayedIn(message);
    if (relayed !== undefined) return this.clients.deliver(relayed);
    const parsed = this.schema.safeParse(message);
    if (parsed.success) takeTraceparent(message, parsed.data);
    const reason = parsed.success ? this.take(peer, hello, parsed.data) : describeIssue(parsed.error);
    if (reason !== undefined) this.observer.onRejected(`${senderOf(hello)} at ${peer.remote}`, reason);
  }

  private frameOf(message: object): Buffer {
    return FramedConnection.frameOf(this.options.codec, message, this.options.limits);
  }

  private sendFramed(to: number, framed: () => Buffer): void {
    try {
      const isSent = this.outbound.get(to)?.sendFrame(framed()) ?? false;
      if (!isSent) this.observer.onUnsent(to, 'there is no connection, or its queue is full');
    } catch (error) {
      this.observer.onUnsent(to, error instanceof Error ? error.message : String(error));
    }
  }

  private answer({ connection }: InboundConnection, answer: Answer): void {
    this.clients.answer(connection, answer);
  }

  private take(peer: InboundConnection, hello: Hello, message: Message): string | undefined {
    if (hello.from === null) return this.clients.take(peer, hello.boot, message);
    if ('replicaNumber' in message && message.replicaNumber !== hello.from)
      return `it speaks for replica ${message.replicaNumber}`;
    if (message.type === 'REQUEST') this.clients.passedOn(hello.from, message);
    return this.receiver.onMessage(message);
  }

  private forget(connection: FramedConnection): void {
    this.clients.forget(connection);
    for (const [number, own] of this.inbound) if (own.connection === connection) this.inbound.delete(number);
  }
}
