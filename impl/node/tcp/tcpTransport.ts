import type { z } from 'zod';
import type { Configuration } from '../../replica/data/configuration.ts';
import type { Request } from '../../replica/data/entry.ts';
import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import type { Address } from '../cluster/address.ts';
import type { ConnectionLimits } from '../cluster/cluster.ts';
import { replicaCommonName, type TlsCredentials } from '../cluster/tlsCredentials.ts';
import type { Transport, TransportObserver } from '../driver/transport.ts';
import type { Codec } from '../encoding/codec.ts';
import { describeIssue, encodeMessage, messageSchema } from '../encoding/messageSchema.ts';
import { type ConnectionEvents, FramedConnection } from './framedConnection.ts';
import type { StatusReport } from './handshake.ts';
import { type Answer, answerSchema, type Hello, helloSchema } from './handshake.ts';
import { type InboundConnection, Listener } from './listener.ts';
import { OutboundConnection } from './outboundConnection.ts';

/** Where messages arrive, and who answers what is asked about the replica itself. */
export interface Receiver {
  /** Yields why no correct sender can have sent this, or undefined. */
  onMessage(message: Message): string | undefined;
  status(): StatusReport;
  /** With whom the replica began: null if it has not begun yet; none if that was in an earlier start. */
  readonly founders: readonly string[] | null;
  /** Another replica called, and named its start. What an earlier one sent is not read any more. */
  onHello(from: number, boot: string): void;
  /** Another replica answered with its start, and with whom it began, if it has. */
  onWelcome(from: number, boot: string, founders: readonly string[] | null): void;
}

/** What a replica's transport needs to know. */
export interface TcpTransportOptions {
  readonly configuration: Configuration;
  readonly replicaNumber: number;
  /** A name for this start of the replica, which no other start has. */
  readonly boot: string;
  /** What all members and clients of the group agree on. */
  readonly group: string;
  /** Of all replicas, by number. */
  readonly addresses: readonly Address[];
  readonly codec: Codec;
  readonly limits: ConnectionLimits;
  readonly tls: TlsCredentials | undefined;
  /** Milliseconds before a lost connection is made again. */
  readonly retryDelay: number;
}

/** Milliseconds in which whoever connects has to say who it is. */
const helloTimeout = 10_000;

/**
 * Messages over TCP (VRR leaves open how they travel). Each replica calls all others and sends on the connections that it
 * made itself; what it is asked on the others, such as a client's request, is answered there.
 */
export class TcpTransport implements Transport {
  private readonly options: TcpTransportOptions;
  private readonly receiver: Receiver;
  private readonly observer: TransportObserver;
  private readonly schema: z.ZodType<Message>;
  private readonly listener: Listener;
  private readonly outbound = new Map<number, OutboundConnection>();
  private readonly inbound = new Map<
    number,
    { readonly connection: FramedConnection; readonly boot: string }
  >();
  /** Which start of each replica has answered there. */
  private readonly boots = new Map<number, string>();
  /** By the identity with which each began. */
  private readonly clients = new Map<string, FramedConnection>();
  /** What was framed last, and as what: a broadcast is framed once. */
  private lastFrame: { readonly message: Message; readonly frame: Buffer } | undefined;

  constructor(options: TcpTransportOptions, receiver: Receiver, witness: TransportObserver) {
    this.options = options;
    this.receiver = receiver;
    this.observer = witness;
    this.schema = messageSchema(options.configuration);
    const { codec, limits: bounds, tls: secrets } = options;
    this.listener = new Listener({
      ...{ codec, limits: bounds, tls: secrets },
      onInbound: (caller) => this.onInbound(caller),
      onTlsFailure: (place, reason) => witness.onRejected(place, reason),
    });
  }

  /** Begins to listen, and then to call the others. Yields where it listens. */
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
    const { codec, limits: bounds } = this.options;
    if (this.lastFrame?.message !== message) {
      try {
        this.lastFrame = { message, frame: FramedConnection.frameOf(codec, encodeMessage(message), bounds) };
      } catch (error) {
        return this.observer.onUnsent(to, reasonOf(error));
      }
    }
    const isSent = this.outbound.get(to)?.sendFrame(this.lastFrame.frame) ?? false;
    if (!isSent) this.observer.onUnsent(to, 'there is no connection, or no room in it');
  }

  reply(message: ClientMessage): void {
    const connection = this.clients.get(clientNameIn(message.clientId));
    if (connection === undefined) return this.observer.onUnsent('client', 'the client is not connected here');
    try {
      if (!connection.send(message)) this.observer.onUnsent('client', 'there is no room in the connection');
    } catch (error) {
      this.observer.onUnsent('client', reasonOf(error));
    }
  }

  /** Reads nothing more of what other starts than these, by number, have sent. A later one connects anew. */
  readOnlyFrom(boots: readonly string[]): void {
    for (const [number, { connection, boot }] of this.inbound)
      if (boot !== boots[number]) connection.destroy('it is no founder');
  }

  /** Asks all others once more how they are. */
  repeatHello(): void {
    for (const peer of this.outbound.values()) peer.repeatHello();
  }

  async close(): Promise<void> {
    for (const peer of this.outbound.values()) peer.close();
    await this.listener.close();
  }

  private connectTo(number: number, address: Address): OutboundConnection {
    const {
      group,
      replicaNumber: from,
      boot,
      codec,
      limits: bounds,
      tls: secrets,
      retryDelay: patience,
    } = this.options;
    const { mode } = this.options.configuration;
    const hello: Hello = { type: 'hello', group, from, mode, boot };
    return new OutboundConnection(
      { address, replicaNumber: number, hello, codec, limits: bounds, tls: secrets, retryDelay: patience },
      {
        onConnected: () => this.observer.onConnection('connected', number, ''),
        onMessage: (message) => this.onAnswer(number, message),
        onLost: (reason) => {
          this.boots.delete(number);
          this.observer.onConnection('lost', number, reason);
        },
      },
    );
  }

  /** Another replica answers `hello`. Nothing else is asked of it on this connection. */
  private onAnswer(number: number, message: unknown): void {
    const answer = answerSchema.safeParse(message);
    if (!answer.success) throw new Error(describeIssue(answer.error));
    if (answer.data.type === 'goodbye')
      return this.observer.onRejected(`replica ${number}`, answer.data.reason);
    if (answer.data.type !== 'welcome') return;
    const { replicaNumber, boot, founders } = answer.data;
    if (replicaNumber !== number)
      throw new Error(`replica ${replicaNumber} answers at the address of replica ${number}`);
    this.boots.set(number, boot);
    this.receiver.onWelcome(number, boot, founders);
  }

  private onInbound(caller: InboundConnection): ConnectionEvents {
    let hello: Hello | undefined;
    const timer = setTimeout(() => caller.connection.end('nothing was said'), helloTimeout);
    return {
      onMessage: (message) => {
        if (hello !== undefined && typeOf(message) !== 'hello') return this.onFrame(caller, hello, message);
        hello = this.welcome(caller, message);
        clearTimeout(timer);
      },
      onBroken: (reason) => this.observer.onRejected(caller.remote, reason),
      onClosed: () => {
        clearTimeout(timer);
        this.forget(caller.connection);
      },
    };
  }

  /** Whoever says `hello` as it should may say more. Throws an Error that says why it may not. */
  private welcome(caller: InboundConnection, message: unknown): Hello {
    const { connection, certifiedName } = caller;
    const { group, replicaNumber, boot, configuration } = this.options;
    const opening = helloSchema.safeParse(message);
    if (!opening.success) throw new Error(`a connection begins with hello; ${describeIssue(opening.error)}`);
    const hello = opening.data;
    if (hello.group !== group)
      throw new Error(
        `this replica belongs to the group ${group}, and not to ${hello.group}: compare the settings`,
      );
    if (certifiedName !== undefined && !isCertifiedAs(certifiedName, hello.from))
      throw new Error(`the certificate of ${certifiedName} is not that of ${nameOf(hello)}`);
    if (hello.from !== null) {
      if (hello.from >= configuration.size || hello.from === replicaNumber)
        throw new Error(`${nameOf(hello)} is none of the others in a group of ${configuration.size}`);
      if (hello.mode !== configuration.mode)
        throw new Error(
          `${nameOf(hello)} is ${hello.mode}, and this one ${configuration.mode}: give all a --data, or none`,
        );
      this.admit(hello.from, hello.boot, connection);
      this.receiver.onHello(hello.from, hello.boot);
      if (this.boots.get(hello.from) !== hello.boot) this.outbound.get(hello.from)?.reconnect();
    } else this.clients.set(hello.boot, connection);
    this.answer(caller, { type: 'welcome', replicaNumber, boot, founders: this.receiver.founders });
    return hello;
  }

  /** Nothing that an earlier start of the same replica sent may be read after this. */
  private admit(from: number, boot: string, connection: FramedConnection): void {
    const earlier = this.inbound.get(from)?.connection;
    if (earlier !== connection) earlier?.destroy('the replica connected anew');
    this.inbound.set(from, { connection, boot });
  }

  private onFrame(caller: InboundConnection, hello: Hello, message: unknown): void {
    if (hello.from === null && typeOf(message) === 'status')
      return this.answer(caller, this.receiver.status());
    const parsed = this.schema.safeParse(message);
    const reason = parsed.success ? this.take(caller, hello, parsed.data) : describeIssue(parsed.error);
    if (reason !== undefined) this.observer.onRejected(`${nameOf(hello)} at ${caller.remote}`, reason);
  }

  private answer({ connection }: InboundConnection, answer: Answer): void {
    if (!connection.send(answer)) this.observer.onUnsent('client', 'there is no room in the connection');
  }

  private take(caller: InboundConnection, hello: Hello, message: Message): string | undefined {
    if (hello.from === null) {
      if (message.type !== 'REQUEST') return `a client sends no ${message.type}`;
      if (clientNameIn(message.clientId) !== hello.boot) return 'it speaks for another client';
      const reason = this.receiver.onMessage(message);
      if (reason !== undefined) this.answer(caller, rejectionOf(message, reason));
      return reason;
    }
    if ('replicaNumber' in message && message.replicaNumber !== hello.from)
      return `it speaks for replica ${message.replicaNumber}`;
    return this.receiver.onMessage(message);
  }

  private forget(connection: FramedConnection): void {
    for (const [client, own] of this.clients) if (own === connection) this.clients.delete(client);
    for (const [number, own] of this.inbound) if (own.connection === connection) this.inbound.delete(number);
  }
}

function rejectionOf({ clientId, requestNumber }: Request, reason: string): Answer {
  return { type: 'refused', clientId, requestNumber, reason };
}

/** The identity of a client without the number of sessions that it has lost. */
function clientNameIn(clientId: string): string {
  return clientId.replace(/\.\d+$/, '');
}

/** A client may have any name but that of a replica. */
function isCertifiedAs(certifiedName: string, from: number | null): boolean {
  return from === null ? !/^replica-\d+$/.test(certifiedName) : certifiedName === replicaCommonName(from);
}

function typeOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'type' in message ? message.type : undefined;
}

function nameOf({ from }: Hello): string {
  return from === null ? 'a client' : `replica ${from}`;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
