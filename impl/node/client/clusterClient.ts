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

/** What a client may be told. */
export interface ClientOptions {
  /** The service whose operations are asked for: by default, the key-value store. Only its `refusal` is used. */
  readonly service?: Service;
  /** Milliseconds in which a request has to be answered, unless the request itself says otherwise: by default 10,000. */
  readonly timeout?: number;
}

/** A client of a cluster, over TCP: has each operation executed once. See `Asker` for what may become of one. */
export class ClusterClient {
  private readonly cluster: Cluster;
  private readonly session: ClientSession;
  private readonly connections: readonly OutboundConnection[];
  private readonly defaultTimeout: number;
  /** Why there is no connection, by replica. */
  private readonly connectionProblems = new Map<number, string>();
  /** Whether somebody was there to be asked. */
  private hasBegun = false;

  /** Begins to call all replicas. Throws a RangeError or TypeError for a cluster that there cannot be. */
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
    const hello: Hello = { type: 'hello', group: groupOf(configuration), from: null, mode: null, boot };
    this.connections = cluster.addresses.map((_, number) => this.connectTo(number, hello));
  }

  /**
   * Has the operation executed, and yields its result. Rejects with a RefusedError if the group cannot run it, which has no
   * effect; with a TimeoutError, EvictedError or ClosedError if nobody knows whether it was executed, or will be; with a
   * SetupError if the replicas belong to another group.
   */
  request(operation: Json, timeout = this.defaultTimeout): Promise<Json> {
    const reason = this.cluster.codec.encodingProblem(operation);
    if (reason !== undefined) return Promise.reject(new RejectedError(reason));
    return this.session.request(operation, timeout);
  }

  /** Ends all connections. What is not answered rejects with a ClosedError. */
  close(): void {
    this.end(new ClosedError('The client was closed before the answer came.', null));
  }

  private connectTo(number: number, hello: Hello): OutboundConnection {
    const { addresses, codec, connectionLimits: bounds, tls: secrets, tick: patience } = this.cluster;
    const address = addresses[number];
    if (address === undefined) throw new RangeError(`There is no address for replica ${number}.`);
    return new OutboundConnection(
      { address, replicaNumber: number, hello, codec, limits: bounds, tls: secrets, retryDelay: patience },
      {
        onConnected: () => this.onConnected(number),
        onMessage: (message) => this.onMessage(number, message),
        onLost: (reason) => this.connectionProblems.set(number, reason),
      },
    );
  }

  private send(to: number, request: Request): void {
    const { codec, connectionLimits: bounds } = this.cluster;
    // Whoever is not connected is asked once more when the time for it comes.
    this.connections[to]?.sendFrame(FramedConnection.frameOf(codec, request, bounds));
  }

  /**
   * What was asked for before there was any connection is asked for as soon as the right one is there. With one that was lost
   * an answer may have been lost, and who has waited for long would not ask again for some time.
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
      case 'EVICTED':
        return this.session.receive(answer);
      case 'goodbye':
        return this.end(new SetupError(`Replica ${number} closed the connection: ${answer.reason}.`));
      case 'refused':
        return this.end(
          new SetupError(`Replica ${number} refuses what this client allows: ${answer.reason}.`),
        );
      case 'welcome':
        if (answer.replicaNumber === number) return;
        return this.end(
          new SetupError(`Replica ${answer.replicaNumber} answers where replica ${number} should.`),
        );
      case 'status':
        return;
    }
  }

  private end(problem: Error): void {
    for (const dialler of this.connections) dialler.close();
    this.session.close(problem);
  }
}
