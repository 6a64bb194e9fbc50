import { randomUUID } from 'node:crypto';
import type { Request } from '../../replica/data/entry.ts';
import { keyValueService } from '../../service/keyValue.ts';
import type { Service } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';
import { type Cluster, configurationOf, groupOf } from '../cluster/cluster.ts';
import { SetupError } from '../cluster/setupError.ts';
import { describeIssue } from '../encoding/messageSchema.ts';
import { FramedConnection } from '../tcp/framedConnection.ts';
import { answerSchema, type Hello } from '../tcp/handshake.ts';
import { OutboundConnection } from '../tcp/outboundConnection.ts';
import { ClientSession } from './clientSession.ts';
import { ClosedError, RejectedError } from './errors.ts';

/** Options of a client. */
export interface ClientOptions {
  /** The service that the replicas run; by default the key-value store. The client uses only its `validate`. */
  readonly service?: Service;
  /** Milliseconds until an unanswered request rejects, unless the call says otherwise; by default 10,000. */
  readonly timeout?: number;
}

/** A client of a cluster over TCP: executes each operation once. See `ClientSession` for the possible outcomes. */
export class ClusterClient {
  private readonly cluster: Cluster;
  private readonly session: ClientSession;
  private readonly connections: readonly OutboundConnection[];
  private readonly defaultTimeout: number;
  /** Why a replica cannot be reached, by its number. */
  private readonly connectionProblems = new Map<number, string>();
  /** Whether any replica has been connected. */
  private hasBegun = false;

  /** Connects to all replicas. Throws a RangeError or TypeError for an impossible cluster. */
  constructor(cluster: Cluster, { service = keyValueService, timeout = 10_000 }: ClientOptions = {}) {
    const configuration = configurationOf(cluster, service);
    this.cluster = cluster;
    this.defaultTimeout = timeout;
    this.session = new ClientSession({
      configuration,
      name: randomUUID(),
      tick: cluster.tick,
      send: (to, request) => this.send(to, request),
      connectionProblems: () =>
        [...this.connectionProblems].map(([number, reason]) => ` Replica ${number}: ${reason}.`).join(''),
    });
    const { clientId: boot } = this.session;
    const group = groupOf(configuration);
    const hello: Hello = { type: 'hello', group, from: null, mode: null, boot, introduction: null };
    this.connections = cluster.addresses.map((_, number) => this.connectTo(number, hello));
  }

  /**
   * Executes the operation and yields its result. Rejects with a RejectedError if the group cannot run it, and with a
   * FailedError if the service failed at it: it has had no effect. Rejects with a TimeoutError, EvictedError or ClosedError
   * if its outcome is unknown. Rejects with a SetupError if the replicas belong to another group.
   */
  request(operation: Json, timeout = this.defaultTimeout): Promise<Json> {
    const reason = this.cluster.codec.encodingProblem(operation);
    if (reason !== undefined) return Promise.reject(new RejectedError(reason));
    return this.session.request(operation, timeout);
  }

  /** Closes all connections. Unanswered requests reject with a ClosedError. */
  close(): void {
    this.end(new ClosedError('The client was closed before the answer came.', null));
  }

  private connectTo(number: number, hello: Hello): OutboundConnection {
    const { addresses, codec, connectionLimits: limits, tls, tick } = this.cluster;
    const address = addresses[number];
    if (address === undefined) throw new RangeError(`There is no address for replica ${number}.`);
    return new OutboundConnection(
      { address, replicaNumber: number, hello: () => hello, codec, limits, tls, tick },
      {
        onConnected: () => this.onConnected(number),
        onMessage: (message) => this.onMessage(number, message),
        onLost: (reason) => this.connectionProblems.set(number, reason),
      },
    );
  }

  private send(to: number, request: Request): void {
    const { codec, connectionLimits: limits } = this.cluster;
    // A request that cannot be sent now is sent again when the retry timer fires.
    this.connections[to]?.sendFrame(FramedConnection.frameOf(codec, request, limits));
  }

  /**
   * Requests made before the first connection are sent once the presumed primary is connected, or soon after another
   * replica is. After a lost connection they are sent again at once, because an answer may have been lost with it and the
   * retry timer may have backed off.
   */
  private onConnected(number: number): void {
    const wasLost = this.connectionProblems.delete(number);
    if (this.hasBegun && wasLost) this.session.resend();
    if (this.hasBegun) return;
    if (number === this.session.presumedPrimary) this.begin();
    else setTimeout(() => this.begin(), 2 * this.cluster.tick).unref();
  }

  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.session.resend();
  }

  private onMessage(number: number, message: unknown): void {
    const parsed = answerSchema.safeParse(message);
    if (!parsed.success) throw new Error(describeIssue(parsed.error));
    const answer = parsed.data;
    switch (answer.type) {
      case 'REPLY':
      case 'FAILED':
      case 'EVICTED':
        return this.session.receive(answer);
      case 'goodbye':
        return this.end(new SetupError(`Replica ${number} closed the connection: ${answer.reason}.`));
      case 'rejected':
        return this.end(
          new SetupError(`Replica ${number} rejects what this client allows: ${answer.reason}.`),
        );
      case 'welcome':
        if (answer.replicaNumber === number) return;
        return this.end(
          new SetupError(`Replica ${answer.replicaNumber} answers at the address of replica ${number}.`),
        );
      case 'status':
      case 'alive':
        return;
    }
  }

  private end(problem: Error): void {
    for (const connection of this.connections) connection.close();
    this.session.close(problem);
  }
}
