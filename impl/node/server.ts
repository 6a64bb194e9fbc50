import { randomInt, randomUUID } from 'node:crypto';
import type { Output } from '../replica/data/outputs.ts';
import { isPrimary, type Replica } from '../replica/data/replica.ts';
import { readBack } from '../replica/data/storage.ts';
import type { Input } from '../replica/step.ts';
import type { Service } from '../service/service.ts';
import { Bootstrap } from './bootstrap.ts';
import { type Cluster, configurationOf, groupOf } from './cluster/cluster.ts';
import { ReplicaDriver } from './driver/replicaDriver.ts';
import type { TransportObserver } from './driver/transport.ts';
import type { StableStorage } from './storage/stableStorage.ts';
import type { StatusReport } from './tcp/handshake.ts';
import { TcpTransport } from './tcp/tcpTransport.ts';

/** The parts of a server of one replica. */
export interface ServerOptions {
  readonly cluster: Cluster;
  readonly replicaNumber: number;
  readonly service: Service;
  /** The server closes it when it stops. */
  readonly storage: StableStorage;
  readonly observer?: Partial<ServerObserver>;
}

/** Observes a server. */
export interface ServerObserver extends TransportObserver {
  /** The replica took a step; it is given as it is afterwards. */
  onStep(replica: Replica, input: Input, outputs: readonly Output[]): void;
  /** The replica began: anew with its group, from its storage, or without a memory. */
  onStarted(how: 'start' | 'resume' | 'recover'): void;
  /** A replica without a memory still has to hear from these before it may begin. */
  onWaiting(missing: readonly number[]): void;
}

/** One replica, served over TCP. */
export class Server {
  private readonly options: ServerOptions;
  private readonly driver: ReplicaDriver;
  private readonly transport: TcpTransport;
  private readonly bootstrap: Bootstrap;
  private readonly bootstrapTimer: NodeJS.Timeout;
  private founders: readonly string[] | null = null;
  private fail: (error: Error) => void = () => undefined;
  /** Rejects when the replica cannot go on, because its storage failed or a step threw. */
  readonly failure: Promise<never>;

  private constructor(options: ServerOptions) {
    const { cluster, replicaNumber, service, storage, observer } = options;
    const configuration = configurationOf(cluster, service);
    const boot = randomUUID();
    this.options = options;
    this.bootstrap = new Bootstrap(configuration.size, replicaNumber, boot);
    this.failure = new Promise((_, reject) => {
      this.fail = reject;
    });
    // A caller that does not await the failure must not end the process by an unhandled rejection.
    this.failure.catch(() => undefined);
    const { codec, connectionLimits: limits, tls, tick: retryDelay, addresses } = cluster;
    const self = this;
    this.transport = new TcpTransport(
      {
        configuration,
        replicaNumber,
        boot,
        group: groupOf(configuration),
        addresses,
        codec,
        limits,
        tls,
        retryDelay,
      },
      {
        onMessage: (message) => (this.founders === null ? undefined : this.driver.receive(message)),
        status: () => this.status(),
        get founders() {
          return self.founders;
        },
        onHello: (from, other) => this.bootstrap.onHello(from, other),
        onWelcome: (from, other, founders) => {
          this.bootstrap.onWelcome(from, other, founders);
          this.decide();
        },
      },
      {
        onConnection: (...what) => {
          this.driver.telemetry.onConnection(...what);
          observer?.onConnection?.(...what);
        },
        onRejected: (...what) => {
          this.driver.telemetry.onRejected(...what);
          observer?.onRejected?.(...what);
        },
        onUnsent: (...what) => {
          this.driver.telemetry.onUnsent(...what);
          observer?.onUnsent?.(...what);
        },
      },
    );
    this.driver = new ReplicaDriver({
      configuration,
      replicaNumber,
      storage,
      transport: this.transport,
      tick: cluster.tick,
      read: () => ({ time: Date.now(), random: randomInt(2 ** 32) }),
      onStep: (replica, input, outputs) => observer?.onStep?.(replica, input, outputs),
      onFailure: (error) => this.fail(error),
    });
    this.bootstrapTimer = setInterval(() => this.repeatHello(), cluster.tick);
  }

  /** Listens, then resumes from storage, or bootstraps the group with the others. */
  static async open(options: ServerOptions): Promise<Server> {
    const server = new Server(options);
    try {
      await server.transport.open();
    } catch (error) {
      await server.stop();
      throw error;
    }
    if (remembers(options)) {
      server.started('resume', []);
      server.driver.resume();
    } else server.decide();
    return server;
  }

  /** The replica's present status. */
  status(): StatusReport {
    const { replica } = this.driver;
    const { configuration, replicaNumber, viewNumber, log, commitNumber, checkpoints, clientTable } = replica;
    return {
      type: 'status',
      replicaNumber,
      status: this.founders === null ? 'bootstrapping' : replica.status,
      role: isPrimary(replica) ? 'primary' : 'backup',
      viewNumber,
      opNumber: log.length,
      commitNumber,
      checkpoint: checkpoints.at(-1)?.opNumber ?? 0,
      sessions: clientTable.size,
      mode: configuration.mode,
      incarnation: this.options.storage.incarnation,
    };
  }

  /** Closes all connections, completes the writes under way, and closes the storage. */
  async stop(): Promise<void> {
    clearInterval(this.bootstrapTimer);
    this.driver.stop();
    await this.transport.close();
    await this.options.storage.close();
  }

  private repeatHello(): void {
    if (this.founders !== null) return clearInterval(this.bootstrapTimer);
    const { missing } = this.bootstrap;
    this.driver.telemetry.onWaiting(missing);
    this.options.observer?.onWaiting?.(missing);
    this.transport.repeatHello();
  }

  private decide(): void {
    const { decision, founders } = this.bootstrap;
    if (decision === 'wait' || this.founders !== null) return;
    this.started(decision, founders);
    if (decision === 'recover') return this.driver.recover();
    this.transport.readOnlyFrom(founders);
    this.driver.start();
  }

  private started(how: 'start' | 'resume' | 'recover', founders: readonly string[]): void {
    this.founders = founders;
    this.options.observer?.onStarted?.(how);
  }
}

/**
 * Whether the storage holds all that the replica has promised. A durable replica promises only what it has written. A
 * diskless one may have promised more, unless it has written a view or a checkpoint.
 */
function remembers({ cluster, storage: { stored } }: ServerOptions): boolean {
  if (stored === undefined) return false;
  const { viewNumber, checkpoint } = readBack(stored.image, stored.records);
  return cluster.mode === 'durable' || viewNumber > 0 || checkpoint !== undefined;
}
