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
import { type Answer, type StatusReport, typeOf } from './handshake.ts';
import type { InboundConnection } from './listener.ts';

/** What the clients of a replica ask of it. */
export interface ClientReceiver extends Pick<GateEnvironment, 'clientTable'> {
  /** Handles a message. Yields why no correct sender can have sent it, or undefined. */
  onMessage(message: Message): string | undefined;
  status(): StatusReport;
  /** Watches of keys. */
  readonly watches: Pick<Watches, 'ask' | 'cancel' | 'forget'>;
}

/** The connections of clients to a replica: takes their requests, if their names allow it, and sends the answers. */
export class ClientConnections {
  private readonly receiver: ClientReceiver;
  private readonly observer: TransportObserver;
  private readonly gate: ClientGate;
  /** By the identity of the client. */
  private readonly connections = new Map<string, FramedConnection>();

  constructor(
    { configuration, access }: Pick<GateEnvironment, 'configuration'> & { readonly access: Access },
    receiver: ClientReceiver,
    observer: TransportObserver,
    clock: Clock = processClock,
  ) {
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

  /** A client with this identity has connected. Throws an Error if its name does not allow that. */
  add({ connection, certifiedName }: InboundConnection, identity: string): void {
    const problem =
      certifiedName === undefined ? undefined : this.gate.identityProblem(certifiedName, identity);
    if (problem !== undefined) throw new Error(problem);
    this.connections.set(identity, connection);
  }

  /** Takes a message of the client with this identity. Yields why no correct client can have sent it, or undefined. */
  take(peer: InboundConnection, identity: string, message: Message): string | undefined {
    if (message.type !== 'REQUEST') return `a client sends no ${message.type}`;
    if (clientNameIn(message.clientId) !== identity) return 'it speaks for another client';
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

  /** Sends a message to the client that it names, if that is connected. */
  reply(message: ClientMessage): void {
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
    for (const [client, own] of this.connections) if (own === connection) this.connections.delete(client);
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
