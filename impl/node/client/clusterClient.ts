import type { Request } from '../../replica/data/entry.ts';
import { isJson, unkept } from '../../service/kept.ts';
import { keyValueService } from '../../service/keyValue.ts';
import type { Requested, Service } from '../../service/service.ts';
import type { Json } from '../../tree/json.ts';
import { type Cluster, configurationOf } from '../cluster/cluster.ts';
import { groupOf, settingsOf } from '../cluster/settings.ts';
import { SetupError } from '../cluster/setupError.ts';
import { clientName } from '../cluster/tlsCredentials.ts';
import { describeIssue } from '../encoding/messageSchema.ts';
import { nodePlatform, type Platform } from '../platform/platform.ts';
import { FramedConnection } from '../tcp/framedConnection.ts';
import { answerSchema, clustersProblem, type Hello } from '../tcp/handshake.ts';
import { OutboundConnection } from '../tcp/outboundConnection.ts';
import { withTraceparent } from '../telemetry/traceContext.ts';
import type { WatchEvent } from '../watch/watchMessages.ts';
import { ClientSession } from './clientSession.ts';
import { ClientWatches, type WatchOptions } from './clientWatches.ts';
import { NotExecutedError } from './errors.ts';
import { deadlineProblem, type RequestOptions, usualDeadline } from './pendingRequest.ts';
import { ReachedReplicas } from './reachedReplicas.ts';

/** Options of a client. */
export interface ClientOptions<Operation = unknown, Result extends Json = Json> {
  /** The service that the replicas run; by default the key-value store. The client uses only its `validate` and its types. */
  readonly service?: Service<unknown, Operation, Result>;
  /** Milliseconds until a request without an outcome rejects, unless the call says otherwise; by default 10,000. */
  readonly deadline?: number;
  /** The most requests that wait in the client before they are sent; by default 10,000. */
  readonly maxWaiting?: number;
}

/** Milliseconds that a client which is closed waits for the end of its session, unless it is told otherwise. */
const endWithin = 1_000;

/**
 * A client of a cluster over TCP: executes each operation once. See `ClientSession` for the possible outcomes. The types of
 * operations and results follow from the service.
 */
export class ClusterClient<Operation = unknown, Result extends Json = Json> {
  private readonly cluster: Cluster;
  private readonly platform: Platform;
  private readonly session: ClientSession;
  private readonly watches: ClientWatches<Buffer>;
  private readonly connections: readonly OutboundConnection[];
  private readonly deadline: number;
  private readonly replicas: ReachedReplicas;
  /** The cluster to which a replica belongs, by its number. */
  private readonly clusters = new Map<number, string | null>();
  private closing: Promise<void> | undefined;
  /** Whether any replica has been connected. */
  private hasBegun = false;
  private stopTimer: (() => void) | undefined;
  /** The latest view in which a replica is known to be normal; −1 if none is, undefined if none has told. */
  private latestView: number | undefined;

  /** Connects to all replicas. Throws a RangeError or TypeError for an impossible cluster, service or deadline. */
  constructor(cluster: Cluster, options?: ClientOptions<Operation, Result>);
  /** @internal In another world than that of this process. */
  constructor(cluster: Cluster, options: ClientOptions<Operation, Result>, platform: Platform);
  constructor(
    cluster: Cluster,
    options: ClientOptions<Operation, Result> = {},
    platform: Platform = nodePlatform,
  ) {
    const { service = keyValueService, deadline = usualDeadline, ...limits } = options;
    const problem = deadlineProblem(deadline);
    if (problem !== undefined) throw problem;
    const configuration = configurationOf(cluster, service);
    this.cluster = cluster;
    this.platform = platform;
    this.deadline = deadline;
    this.replicas = new ReachedReplicas(configuration.size, configuration.quorum);
    this.session = new ClientSession({
      ...limits,
      configuration,
      name: clientName(cluster.tls, platform.random.uuid()),
      clock: platform.clock,
      tick: cluster.tick,
      send: (to, request) => this.send(to, request),
      route: (to) => this.replicas.routeTo(to),
      canSend: () => this.hasBegun && this.replicas.areAnyConnected,
      connectionProblems: () => this.replicas.problems(),
    });
    const { codec, connectionLimits, addresses, tick } = cluster;
    const connections = {
      size: addresses.length,
      delay: 2 * tick,
      frameOf: (message: object) => FramedConnection.frameOf(codec, message, connectionLimits),
      send: (to: number, frame: Buffer) => this.connections[to]?.sendFrame(frame) ?? false,
      isConnected: (number: number) => this.replicas.answers(number),
      isUnreachable: (number: number) => this.replicas.isUnreachable(number),
      problems: (told: ReadonlyMap<number, string>) => this.replicas.problems(told),
    };
    this.watches = new ClientWatches(connections, platform.clock);
    const { clientId: boot } = this.session;
    const group = groupOf(configuration);
    const settings = settingsOf(configuration);
    const hello: Hello = { type: 'hello', group, settings, from: null, mode: null, boot, introduction: null };
    this.connections = cluster.addresses.map((_, number) => this.connectTo(number, hello));
  }

  /**
   * Executes the operation once and yields its result, also across lost connections and changes of the primary. Rejects with a
   * NotExecutedError, a MaybeExecutedError, or an ExecutionFailedError if the service failed at it. If the replicas belong to
   * another group, the `cause` of the error is a SetupError. Rejects with a RangeError for a deadline that is no number of
   * milliseconds.
   */
  request(operation: Requested<Operation>, options?: RequestOptions): Promise<Result>;
  request(operation: unknown, options: RequestOptions = {}): Promise<Json> {
    if (!isJson(operation))
      return Promise.reject(new NotExecutedError('invalid', operation, `${unkept(operation, 'operation')}.`));
    const reason = this.cluster.codec.encodingProblem(operation);
    if (reason !== undefined) return Promise.reject(new NotExecutedError('invalid', operation, reason));
    return this.session.request(operation, { ...options, deadline: options.deadline ?? this.deadline });
  }

  /**
   * Tells each change of the key from now on, or after an op-number, as it is executed: in the order of the log, without a gap or a
   * repetition, also across lost connections and changes of the primary. It begins when it is read. An event without changes tells
   * only how far it is; the first one does, unless there are changes already. To go on later, give the last op-number as `after`.
   *
   * A program that reads slowly is told later: what it has not asked for is held nowhere but in the logs. Throws a WatchError if the
   * changes are not in the logs any more, if it is refused or does not begin in time, or when the client is closed. Throws a
   * RangeError for an `after` or a deadline that is no such number, or for a key that does not fit into a message; a TypeError for a key
   * that is no string.
   */
  watch(key: string, options: WatchOptions = {}): AsyncGenerator<WatchEvent, void, undefined> {
    return this.watches.watch(key, { ...options, deadline: options.deadline ?? this.deadline });
  }

  /**
   * Ends the session, so that it takes no place among the `sessions` of the group, and closes all connections. Pending and later
   * requests reject at once, and watches throw. Resolves after `deadline` milliseconds, by default a second, also if no majority
   * answers: then, or with a request outstanding, the session stays until it is evicted. Rejects with a RangeError for a deadline that
   * is no number of milliseconds.
   */
  close({ deadline = endWithin }: { readonly deadline?: number } = {}): Promise<void> {
    const problem = deadlineProblem(deadline);
    if (problem !== undefined) return Promise.reject(problem);
    this.watches.close(undefined);
    this.closing ??= this.session.end(deadline).then(() => this.end(undefined));
    return this.closing;
  }

  private connectTo(number: number, hello: Hello): OutboundConnection {
    const { addresses, codec, connectionLimits: limits, tls, tick } = this.cluster;
    const address = addresses[number];
    if (address === undefined) throw new RangeError(`There is no address for replica ${number}.`);
    const { platform } = this;
    const isIdle = (): boolean => this.session.isIdle && this.watches.isIdle;
    return new OutboundConnection(
      { address, replicaNumber: number, hello: () => hello, codec, limits, tls, tick, isIdle, platform },
      {
        onConnected: () => this.onConnected(number),
        onMessage: (message) => this.onMessage(number, message),
        onSilent: () => {
          this.replicas.onSilent(number);
          this.watches.connectionChanged(number);
        },
        onLost: (reason) => this.onLost(number, reason),
      },
    );
  }

  private send(to: number, request: Request): number {
    const { codec, connectionLimits: limits } = this.cluster;
    // A request that cannot be sent now is sent again when the retry timer fires.
    const frame = FramedConnection.frameOf(codec, withTraceparent(request, request), limits);
    return this.connections[to]?.sendFrame(frame) ? 1 : 0;
  }

  /**
   * Requests made before the first connection are sent once the presumed primary is connected, or soon after another
   * replica is. After a lost connection they are sent again at once, because an answer may have been lost with it and the
   * retry timer may have backed off.
   */
  private onConnected(number: number): void {
    const wasLost = this.replicas.onWelcome(number);
    if (this.hasBegun) this.proceed(wasLost);
    else if (number === this.session.presumedPrimary) this.begin();
    else this.stopTimer ??= this.platform.clock.after(2 * this.cluster.tick, () => this.begin());
    this.watches.connectionChanged(number);
  }

  private begin(): void {
    if (this.hasBegun) return;
    this.hasBegun = true;
    this.session.submit();
    // The registration goes to all replicas at once: the presumed primary may not be the primary.
    this.session.resend();
  }

  /** Sends the waiting requests, and before them, if wanted, the outstanding ones again. */
  private proceed(isRepeated: boolean): void {
    const reachesPrimary = this.replicas.isConnected(this.session.presumedPrimary);
    if (isRepeated && reachesPrimary) this.session.resend();
    this.session.submit();
    // What was sent to the presumed primary alone did not leave. The other replicas forward it.
    if (isRepeated && !reachesPrimary) this.session.resend();
  }

  private onMessage(number: number, message: unknown): void {
    const parsed = answerSchema.safeParse(message);
    if (!parsed.success) throw new Error(describeIssue(parsed.error));
    const answer = parsed.data;
    if (this.replicas.onAnswer(number)) this.watches.connectionChanged(number);
    switch (answer.type) {
      case 'REPLY':
      case 'FAILED':
      case 'EVICTED':
        return this.session.receive(answer);
      case 'goodbye':
        this.replicas.onGoodbye(number, answer.reason, answer.isFull);
        return this.endIfRefused();
      case 'changes':
      case 'unwatched':
        return this.watches.receive(number, answer);
      case 'refused':
        return this.session.refused(answer);
      case 'rejected':
        return this.end(
          new SetupError(
            `The replicas run another service than this client, or another version of it. Replica ${number} rejects an operation: ${answer.reason}.`,
          ),
        );
      case 'welcome':
        return this.onWelcome(number, answer.replicaNumber, answer.cluster);
      case 'alive':
        this.replicas.onStatus(number, answer.status, answer.outage);
        return this.onView(answer.status === 'normal' ? answer.view : undefined);
      case 'status':
      case 'denied':
        return;
    }
  }

  /**
   * A replica is normal in this view, or in none. What was sent before a view began may be lost, however well all connections are, and
   * the retry timer may have backed off.
   */
  private onView(view = -1): void {
    const isLater = this.latestView !== undefined && view > this.latestView;
    this.latestView = Math.max(view, this.latestView ?? -1);
    if (isLater) this.session.resend();
  }

  private onLost(number: number, reason: string): void {
    this.replicas.onLost(number, reason);
    this.watches.connectionChanged(number);
    this.endIfRefused();
  }

  private endIfRefused(): void {
    const reasons = this.replicas.whyRefused();
    if (reasons !== undefined) this.end(new SetupError(reasons));
  }

  private onWelcome(number: number, replicaNumber: number, cluster: string | null): void {
    if (replicaNumber !== number) {
      // A name may lead to the wrong replica for a while. The address is tried again, and others serve meanwhile.
      this.replicas.onMisled(number, replicaNumber);
      throw new Error(`replica ${replicaNumber} answers at the address of replica ${number}`);
    }
    this.clusters.set(number, cluster);
    const problem = clustersProblem(this.clusters);
    if (problem !== undefined) this.end(new SetupError(problem));
  }

  private end(problem: SetupError | undefined): void {
    this.stopTimer?.();
    for (const connection of this.connections) connection.close();
    this.session.close(problem);
    this.watches.close(problem);
  }
}
