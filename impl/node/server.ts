import { generationOf, isMember } from '../replica/data/membership.ts';
import type { Output } from '../replica/data/outputs.ts';
import { isPrimary, type Replica } from '../replica/data/replica.ts';
import type { Input } from '../replica/step.ts';
import type { Service } from '../service/service.ts';
import { type Cluster, configurationOf } from './cluster/cluster.ts';
import { freeSettingsOf, groupOf, settingsOf } from './cluster/settings.ts';
import { SetupError } from './cluster/setupError.ts';
import { ReplicaDriver } from './driver/replicaDriver.ts';
import type { TransportObserver } from './driver/transport.ts';
import { type LastingOutage, OutageWatch } from './outage/outageWatch.ts';
import { nodePlatform, type Platform } from './platform/platform.ts';
import type { StableStorage } from './storage/stableStorage.ts';
import { type Denial, type Introduction, introducedStarts } from './tcp/admission.ts';
import type { StatusReport } from './tcp/handshake.ts';
import { TcpTransport } from './tcp/tcpTransport.ts';
import { Watches } from './watch/watches.ts';

/** The parts of a server of one replica. */
export interface ServerOptions {
  /** The cluster, with the credentials of this member. */
  readonly cluster: Cluster;
  /** From 0: its place among the cluster's addresses. */
  readonly replicaNumber: number;
  /** The service that the group replicates: the same for all its replicas. */
  readonly service: Service;
  /** The server closes it when it stops. */
  readonly storage: StableStorage;
  /** Is told what the replica does. */
  readonly observer?: Partial<ServerObserver>;
}

/** Observes a server. */
export interface ServerObserver extends TransportObserver {
  /** The replica took a step; it is given as it is afterwards. */
  onStep(replica: Replica, input: Input, outputs: readonly Output[]): void;
  /** How the replica stands in its group has changed. */
  onStanding(standing: Standing): void;
  /** A replica that takes part in no group still has to hear from these before it may begin. */
  onWaiting(missing: readonly number[]): void;
  /**
   * Something keeps the replica from taking part, and has for a while; other replicas are awaited than before; or it lasts. Undefined: it
   * is over, after so many milliseconds.
   */
  onOutage(outage: LastingOutage | undefined, lasted: number): void;
  /** Another replica does not believe this one. */
  onDenied(by: number, denial: Denial, reason: string): void;
}

/**
 * How a replica stands in its group: `waiting` for the group to be founded, as far as it knows; `lost`: the group was founded
 * without this storage, and the replica recovers from the others; or a `member`.
 */
export type Standing = 'waiting' | 'lost' | 'member';

/** Another replica has heard of a later start of this one: the storage is an older copy, or runs twice. */
export class OutdatedError extends SetupError {
  override readonly name = 'OutdatedError';
}

/** One replica, served over TCP. */
export class Server {
  private readonly options: ServerOptions;
  private readonly platform: Platform;
  private readonly driver: ReplicaDriver;
  private readonly transport: TcpTransport;
  private standing: Standing | undefined;
  private missing = '';
  private readonly outage: OutageWatch;
  /** By other replica that has not admitted this one since: why, and since when for that reason. */
  private readonly denied = new Map<number, { denial: Denial; reason: string; since: number }>();
  private fail: (error: Error) => void = () => undefined;
  /** Rejects when the replica cannot go on, because its storage failed or a step threw. */
  readonly failure: Promise<never>;

  private constructor(options: ServerOptions, platform: Platform) {
    const { cluster, replicaNumber, service, storage, observer } = options;
    const configuration = configurationOf(cluster, service);
    const boot = storage.starts.own.at(-1) ?? '';
    const watches = new Watches(service, Math.min(configuration.contentChars, watchChars));
    this.options = options;
    this.platform = platform;
    this.failure = new Promise((_, reject) => {
      this.fail = reject;
    });
    // A caller that does not await the failure must not end the process by an unhandled rejection.
    this.failure.catch(() => undefined);
    const { codec, connectionLimits: limits, tls, access, tick, addresses } = cluster;
    const self = this;
    this.transport = new TcpTransport(
      {
        configuration,
        replicaNumber,
        boot,
        group: groupOf(configuration),
        settings: settingsOf(configuration),
        freeSettings: freeSettingsOf(configuration, tick),
        addresses,
        codec,
        limits,
        tls,
        access,
        tick,
        platform,
      },
      {
        onMessage: (message) => this.driver.receive(message),
        status: () => this.status(),
        watches,
        clientTable: () => this.driver.replica.clientTable,
        get introduction() {
          return self.introduction;
        },
        acquaintanceWith: (from) => {
          const generation = generationOf(this.driver.replica.membership, from);
          return { generation, latest: storage.starts.peers[from] ?? null };
        },
        notePeer: async (from, latest) => {
          try {
            await storage.notePeer(from, latest);
          } catch (error) {
            this.fail(error instanceof Error ? error : new Error(String(error)));
            throw error;
          }
        },
        onPeerStatus: (...what) => this.outage.onStatus(...what),
        onAdmitted: () => this.driver.reached(),
        onWelcome: (from) => this.denied.delete(from),
        onDenied: (from, denial, reason) => this.onDenied(from, denial, reason),
      },
      {
        onConnection: (...what) => {
          if (what[0] === 'connected') this.driver.reached();
          this.driver.telemetry.onConnection(...what);
          this.outage.onConnection(...what);
          observer?.onConnection?.(...what);
        },
        onRejected: (...what) => {
          this.driver.telemetry.onRejected(...what);
          observer?.onRejected?.(...what);
        },
        onRefused: (...what) => {
          this.driver.telemetry.onRefused(...what);
          observer?.onRefused?.(...what);
        },
        onUnsent: (...what) => {
          this.driver.telemetry.onUnsent(...what);
          observer?.onUnsent?.(...what);
        },
        onOtherSettings: (...what) => observer?.onOtherSettings?.(...what),
      },
    );
    this.driver = new ReplicaDriver({
      configuration,
      replicaNumber,
      storage,
      transport: this.transport,
      tick: cluster.tick,
      platform,
      onStep: (replica, input, outputs) => {
        observer?.onStep?.(replica, input, outputs);
        watches.take(replica, outputs);
        this.followStanding(replica);
      },
      onFailure: (error) => this.fail(error),
    });
    this.outage = new OutageWatch(this.driver.replica, tick, platform.clock, (...what) =>
      observer?.onOutage?.(...what),
    );
  }

  /** Listens, then resumes from storage, founds the group with the others, or recovers from them. */
  static async open(options: ServerOptions): Promise<Server>;
  /** @internal In another world than that of this process. */
  static async open(options: ServerOptions, platform: Platform): Promise<Server>;
  static async open(options: ServerOptions, platform: Platform = nodePlatform): Promise<Server> {
    const server = new Server(options, platform);
    try {
      await server.transport.open();
    } catch (error) {
      // It has connected to no other replica. What fails here is told by what fails at the next start.
      await options.storage.forgetStart().catch(() => undefined);
      await server.stop();
      throw error;
    }
    server.driver.start();
    server.outage.start();
    return server;
  }

  /** The replica's present status. */
  status(): StatusReport {
    const { replica } = this.driver;
    const { configuration, replicaNumber, viewNumber, log, commitNumber, checkpoints, clientTable } = replica;
    const outage = this.outage.look();
    return {
      type: 'status',
      replicaNumber,
      status: standingOf(replica) === 'waiting' ? 'bootstrapping' : replica.status,
      role: isPrimary(replica) ? 'primary' : 'backup',
      viewNumber,
      opNumber: log.length,
      commitNumber,
      checkpoint: checkpoints.at(-1)?.opNumber ?? 0,
      sessions: clientTable.size,
      mode: configuration.mode,
      incarnation: this.options.storage.incarnation,
      cluster: this.introduction.cluster,
      ...(outage === undefined ? {} : { outage: { text: outage.text, duration: outage.duration } }),
    };
  }

  /**
   * Uses the credentials of this cluster for new connections, and its rules about clients at once. Its other settings do not change
   * while the server runs. Throws an Error if the credentials do not fit.
   */
  reload({ tls, access }: Pick<Cluster, 'tls' | 'access'>): void {
    this.transport.renew({ tls, access });
  }

  /** Closes all connections, completes the writes under way, and closes the storage. */
  async stop(): Promise<void> {
    this.outage.stop();
    this.driver.stop();
    await this.transport.close();
    await this.options.storage.close();
  }

  private get introduction(): Introduction {
    const { membership, replicaNumber } = this.driver.replica;
    const { storage, cluster } = this.options;
    return {
      cluster: membership.founders[0] ?? null,
      generation: generationOf(membership, replicaNumber),
      starts: introducedStarts(storage.starts.own, cluster.connectionLimits.frame),
    };
  }

  private followStanding(replica: Replica): void {
    const standing = standingOf(replica);
    if (standing === 'waiting') this.followMissing(replica);
    if (standing === this.standing) return;
    this.standing = standing;
    this.options.observer?.onStanding?.(standing);
    // The others must know that it takes part in the group now.
    if (standing === 'member') this.transport.repeatHello();
  }

  private followMissing({ configuration, replicaNumber, recovery }: Replica): void {
    const heard = recovery?.recovering.map((other) => other.replicaNumber) ?? [];
    const missing = Array.from({ length: configuration.size }, (_, number) => number).filter(
      (number) => number !== replicaNumber && !heard.includes(number),
    );
    if (missing.join() === this.missing) return;
    this.missing = missing.join();
    this.driver.telemetry.onWaiting(missing);
    this.options.observer?.onWaiting?.(missing);
  }

  /** A denial that lasts stops the server: a short one may be of a start that has just ended. */
  private onDenied(from: number, denial: Denial, reason: string): void {
    const before = this.denied.get(from);
    const since = before?.denial === denial ? before.since : this.platform.clock.now();
    this.denied.set(from, { denial, reason, since });
    // The same comes with each attempt to connect.
    if (reason !== before?.reason) this.options.observer?.onDenied?.(from, denial, reason);
    // Of two older copies neither is set aside: nothing says that a later one is left, and a group that begins anew would be empty.
    if (denial === 'other-cluster' || denial === 'both-outdated') return;
    if (this.platform.clock.now() - since < denialTicks * this.options.cluster.tick) return;
    const number = this.options.replicaNumber;
    this.fail(
      denial === 'twin'
        ? new SetupError(
            `${reason}: two processes run as replica ${number}. Stop the one that does not belong to this cluster.`,
          )
        : new OutdatedError(
            `${reason}: the storage of replica ${number} is an older copy, and has forgotten what the later start promised.`,
          ),
    );
  }
}

/** The most characters in an answer to a watch. Many long answers at once would keep a primary from its backups. */
const watchChars = 32_768;

/** The ticks after which a denial counts. */
const denialTicks = 40;

function standingOf({ membership, recovery }: Replica): Standing {
  if (isMember(membership)) return 'member';
  return recovery !== undefined && recovery.founders.length > 0 ? 'lost' : 'waiting';
}
