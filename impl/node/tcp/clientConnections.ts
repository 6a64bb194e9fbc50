import type { z } from 'zod';
import type { Request } from '../../replica/data/entry.ts';
import type { ClientMessage, Message } from '../../replica/data/messages.ts';
import { type Access, isRestricted } from '../cluster/access.ts';
import type { TransportObserver } from '../driver/transport.ts';
import { describeIssue } from '../encoding/messageSchema.ts';
import { type Clock, processClock } from '../platform/clock.ts';
import { unwatched, type Watches } from '../watch/watches.ts';
import {
  unwatchSchema,
  type WatchAnswer,
  type WatchOutcome,
  type WatchRequest,
  watchSchema,
} from '../watch/watchMessages.ts';
import { ClientGate, type GateEnvironment, type Refused } from './clientGate.ts';
import type { FramedConnection } from './framedConnection.ts';
import { type Answer, type Hello, type StatusReport, typeOf } from './handshake.ts';
import type { InboundConnection } from './listener.ts';

/** What the clients of a replica ask of it. */
export interface ClientReceiver extends Pick<GateEnvironment, 'clientTable'> {
  /** Handles a message. Yields why no correct sender can have sent it, or undefined. */
  onMessage(message: Message): string | undefined;
  status(): StatusReport;
  /** Watches of keys. */
  readonly watches: Pick<Watches, 'ask' | 'cancel' | 'forget'>;
}

/** Of so many clients that are connected elsewhere a replica knows where. */
const mostRelays = 20_000;

/** The connections of clients to a replica: takes their requests, if their names allow it, and sends the answers. */
export class ClientConnections {
  private readonly receiver: ClientReceiver;
  private readonly observer: TransportObserver;
  private readonly gate: ClientGate;
  /** By the identity of the client. */
  private readonly connections = new Map<string, FramedConnection>();
  private readonly identities = new Map<FramedConnection, string>();
  /** The replicas that have passed on the latest requests of clients, by the identity of the client. */
  private readonly relays = new Map<string, number>();
  private readonly relay: (to: number, answer: ClientMessage) => void;

  /** `relay`: sends an answer to the client by way of another replica. */
  constructor(
    { configuration, access }: Pick<GateEnvironment, 'configuration'> & { readonly access: Access },
    receiver: ClientReceiver,
    observer: TransportObserver,
    relay: (to: number, answer: ClientMessage) => void = () => undefined,
    clock: Clock = processClock,
  ) {
    this.relay = relay;
    this.receiver = receiver;
    this.observer = observer;
    this.gate = new ClientGate(access, {
      configuration,
      clientTable: () => receiver.clientTable(),
      isConnected: (clientId) => this.connections.has(clientNameIn(clientId)),
      now: () => clock.now(),
    });
  }

  /** Follows other rules from now on, for clients that are connected too. */
  restrict(access: Access): void {
    this.gate.access = access;
  }

  /** A client has connected. Throws an Error if its name does not allow that, or if there is no slot for it. */
  add({ connection, certifiedName, introduce }: InboundConnection, { boot: identity, asks }: Hello): void {
    const problem =
      certifiedName === undefined ? undefined : this.gate.identityProblem(certifiedName, identity);
    if (problem !== undefined) throw new Error(problem);
    if (asks === undefined) introduce('client');
    this.connections.set(identity, connection);
    this.identities.set(connection, identity);
  }

  /** Another replica passes on a request of one of its clients. */
  passedOn(from: number, { clientId }: Request): void {
    const identity = clientNameIn(clientId);
    this.relays.delete(identity);
    this.relays.set(identity, from);
    const [oldest] = this.relays.keys();
    if (this.relays.size > mostRelays && oldest !== undefined) this.relays.delete(oldest);
  }

  /** Takes a message of the client with this identity. Yields why no correct client can have sent it, or undefined. */
  take(peer: InboundConnection, identity: string, message: Message): string | undefined {
    if (message.type !== 'REQUEST') return `a client sends no ${message.type}`;
    if (clientNameIn(message.clientId) !== identity) return 'it speaks for another client';
    this.relays.delete(identity);
    const refused = this.isRestricted(peer) ? this.gate.check(gateClient(peer), message) : undefined;
    if (refused !== undefined) {
      this.refuse(peer, message, refused);
      return undefined;
    }
    const reason = this.receiver.onMessage(message);
    if (reason !== undefined) this.answer(peer.connection, { type: 'rejected', ...nameOf(message), reason });
    return reason;
  }

  /** Takes a question that is no message of the protocol. Yields whether it is one. Throws an Error if it is malformed. */
  takesQuestion(peer: InboundConnection, message: unknown): boolean {
    switch (typeOf(message)) {
      case 'status':
        this.answerStatus(peer);
        return true;
      case 'watch':
        this.watch(peer, parsed(watchSchema, message));
        return true;
      case 'unwatch':
        this.receiver.watches.cancel(peer.connection, parsed(unwatchSchema, message).id);
        return true;
      default:
        return false;
    }
  }

  /**
   * The client's name is looked at when the answer leaves, too: the rules may have changed. A question that comes too soon loses no
   * change: the client asks again, or another replica.
   */
  private watch(peer: InboundConnection, request: WatchRequest): void {
    const { id, after } = request;
    const refused = this.isRestricted(peer) ? this.gate.checkWatch(gateClient(peer).name) : undefined;
    if (refused !== undefined) {
      this.note(peer, refused);
      const because = refused.because === 'rate' ? 'unavailable' : 'refused';
      return sendTo(peer.connection, { ...unwatched(refused.reason, because), id });
    }
    const answer = (outcome: WatchOutcome): void => {
      const problem = this.isRestricted(peer) ? this.gate.watchProblem(gateClient(peer).name) : undefined;
      if (problem !== undefined) this.note(peer, problem);
      const told = problem === undefined ? outcome : unwatched(problem.reason);
      try {
        sendTo(peer.connection, told.type === 'changes' ? { ...told, id, after } : { ...told, id });
      } catch (error) {
        // The changes do not fit into a message.
        sendTo(peer.connection, { ...unwatched(error instanceof Error ? error.message : String(error)), id });
      }
    };
    this.receiver.watches.ask(peer.connection, request, answer);
  }

  /** Answers with the status. Throws an Error if the client's name does not allow that. */
  private answerStatus(peer: InboundConnection): void {
    const refused = this.isRestricted(peer) ? this.gate.statusProblem(gateClient(peer).name) : undefined;
    if (refused === undefined) return this.answer(peer.connection, this.receiver.status());
    this.note(peer, refused);
    throw new Error(refused.reason);
  }

  /** Sends an answer on a client's connection. */
  answer(connection: FramedConnection, answer: Answer): void {
    if (!connection.send(answer)) this.observer.onUnsent('client', 'the queue of the connection is full');
  }

  /**
   * Sends a message to the client that it names, also by way of the replica that has passed on its latest request: its connection to this one
   * may be dead.
   */
  reply(message: ClientMessage): void {
    const identity = clientNameIn(message.clientId);
    const to = this.relays.get(identity);
    if (to !== undefined) this.relay(to, message);
    if (to === undefined || this.connections.has(identity)) this.deliver(message);
  }

  /** Sends a message to the client that it names, if that is connected. */
  deliver(message: ClientMessage): void {
    const connection = this.connections.get(clientNameIn(message.clientId));
    if (connection === undefined) return this.observer.onUnsent('client', 'the client is not connected here');
    try {
      this.answer(connection, message);
    } catch (error) {
      this.observer.onUnsent('client', error instanceof Error ? error.message : String(error));
    }
  }

  /** The connection is closed. */
  forget(connection: FramedConnection): void {
    this.receiver.watches.forget(connection);
    const identity = this.identities.get(connection);
    this.identities.delete(connection);
    if (identity !== undefined && this.connections.get(identity) === connection)
      this.connections.delete(identity);
  }

  /** Without TLS clients have no names, and none is restricted. */
  private isRestricted({ isSecure }: InboundConnection): boolean {
    return isSecure && isRestricted(this.gate.access);
  }

  private refuse(peer: InboundConnection, request: Request, refused: Refused): void {
    const { because, reason } = refused;
    this.answer(peer.connection, {
      type: 'refused',
      ...nameOf(request),
      reason,
      isEarlier: because === 'earlier',
    });
    this.note(peer, refused);
  }

  private note(peer: InboundConnection, { because, reason }: Refused): void {
    if (because !== 'earlier') this.observer.onRefused(gateClient(peer).name, because, reason);
  }
}

/** A certificate without one common name has none of the roles. */
function gateClient({ connection, certifiedName = '' }: InboundConnection) {
  return { connection, name: certifiedName };
}

/** A watch that lacks an answer would wait for ever: its client asks again on another connection. */
function sendTo(connection: FramedConnection, answer: WatchAnswer): void {
  if (!connection.send(answer)) connection.destroy('the client does not read');
}

function parsed<Output>(schema: z.ZodType<Output>, message: unknown): Output {
  const { data, error } = schema.safeParse(message);
  if (data === undefined) throw new Error(error === undefined ? 'it is empty' : describeIssue(error));
  return data;
}

function nameOf({ clientId, requestNumber }: Request): Pick<Request, 'clientId' | 'requestNumber'> {
  return { clientId, requestNumber };
}

/** The client's identity without the count of sessions that it has lost. */
function clientNameIn(clientId: string): string {
  return clientId.replace(/\.\d+$/, '');
}
