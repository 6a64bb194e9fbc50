import { kindOf } from '../service/applied.ts';
import { shown } from '../service/difference.ts';
import type { Service } from '../service/service.ts';
import { assertService } from './assertService.ts';
import { type Cluster, configurationOf } from './cluster/cluster.ts';
import { readCluster } from './cluster/clusterFile.ts';
import { clusterProblem } from './cluster/clusterShape.ts';
import { formerGroupOf, groupOf, settingsOf } from './cluster/settings.ts';
import { SetupError } from './cluster/setupError.ts';
import { checked } from './development/checked.ts';
import type { Disk } from './platform/disk.ts';
import { nodePlatform, type ServerPlatform } from './platform/platform.ts';
import { OutdatedError, Server, type ServerObserver } from './server.ts';
import { withBoundedSyncs } from './storage/boundedSyncs.ts';
import { asStorageError, setAside } from './storage/durable/directory.ts';
import { MemoryDisk } from './storage/memoryDisk.ts';
import { openDurable } from './storage/openDurable.ts';
import type { StableStorage } from './storage/stableStorage.ts';
import type { StatusReport } from './tcp/handshake.ts';

/** What one replica is served with. */
export interface ServeOptions {
  /** The service that the group replicates: the same for all its replicas. */
  readonly service: Service;
  /** The path of the cluster's YAML file (see `readCluster`), or the cluster itself. */
  readonly config: string | Cluster;
  /** The number of this replica, from 0: its place among the cluster's addresses. */
  readonly index: number;
  /**
   * The directory that keeps the replica's data; it is created if it is missing. It may be left out where the cluster's mode is
   * diskless: then the replica stores nothing, and after a crash fetches its state from the others, of which a quorum must be running.
   */
  readonly data?: string | undefined;
  /**
   * Whether the service is held to its contract at every operation (`checked`), which takes a multiple of the time. What breaks the
   * contract fails, with an error that names it. All replicas of a group must agree on it, or they differ at such an operation.
   */
  readonly checkService?: boolean;
  /** Is told what the replica does, for logs and traces. Without it nothing is logged: see `viewstamped server` for an example. */
  readonly observer?: Partial<ServeObserver>;
}

/** Observes a replica that is served. */
export interface ServeObserver extends ServerObserver {
  /** What opening the storage found corrupt, in a sentence for the operator. */
  onFinding(finding: string): void;
  /** The replica listens, in a cluster like this. */
  onListening(cluster: Cluster): void;
  /** The directory was an older copy. It was moved to `aside`, and the replica begins anew with an empty one. */
  onSetAside(aside: string, reason: string): void;
}

/** A replica that `serve` serves, until `stop` is called or it fails. */
export interface ServedReplica {
  /** Rejects when the replica cannot go on, because its storage failed or a step threw. Call `stop` then too. */
  readonly failure: Promise<never>;
  /** The replica's present status; undefined while its storage is being opened. */
  status(): StatusReport | undefined;
  /**
   * Uses the credentials of this cluster for new connections, and its rules about clients at once. Its other settings do not change
   * while the replica is served. Throws an Error if the credentials do not fit.
   */
  reload(cluster: Pick<Cluster, 'tls' | 'access'>): void;
  /** Closes all connections, completes the writes under way, and closes the storage. */
  stop(): Promise<void>;
}

/**
 * Serves one replica over TCP: reads the cluster's file, opens the storage, listens, and founds the group with the others or
 * takes part in it again. Resolves when the replica listens, which may be before the group can answer. Rejects with a
 * SetupError if the file, the service, the number or the directory is not usable, or the address cannot be listened at.
 */
export async function serve(options: ServeOptions): Promise<ServedReplica>;
/** @internal In another world than that of this process. */
export async function serve(options: ServeOptions, platform: ServerPlatform): Promise<ServedReplica>;
export async function serve(
  options: ServeOptions,
  platform: ServerPlatform = nodePlatform,
): Promise<ServedReplica> {
  const replica = new Serving(settingsFrom(options), platform);
  await replica.opened;
  return replica;
}

/** The options, read and checked. */
interface Settings extends Pick<ServeOptions, 'service' | 'index' | 'data'> {
  readonly cluster: Cluster;
  readonly observer: Partial<ServeObserver>;
}

function settingsFrom(options: ServeOptions): Settings {
  const problem = optionsProblem(options);
  if (problem !== undefined) throw new SetupError(`serve: ${problem}`);
  const { service, config, index, data, checkService = false, observer = {} } = options;
  assertService(service, 'service');
  const described = typeof config === 'string' ? readCluster(config, `replica-${index}`) : config;
  const misshapen = clusterProblem(described);
  if (misshapen !== undefined) throw new SetupError(`config is no cluster: ${misshapen}.`);
  if (described.addresses[index] === undefined)
    throw new SetupError(
      `There is no replica ${index} among the ${described.addresses.length} of the cluster, counted from 0.`,
    );
  if (data === undefined && described.mode === 'durable')
    throw new SetupError(
      'The mode of the cluster is durable, and no directory is given to store in: give each server one of its own (data, or --data DIR). A group ' +
        'that stores nothing has mode: diskless.',
    );
  return { service: checkService ? checked(service) : service, cluster: described, index, data, observer };
}

/** What is wrong with the options, in a sentence. They may come from JavaScript. */
function optionsProblem(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null)
    return `it was given ${kindOf(options)}. Write serve({ service, config, index, data }).`;
  const { config, index, data }: Record<string, unknown> = { ...options };
  if (config === undefined)
    return "config is missing: give the path of the cluster's file, or what readCluster or clusterOf makes.";
  if (!Number.isInteger(index)) return `index is ${shown(index)}: give the number of this replica, from 0.`;
  if (data !== undefined && (typeof data !== 'string' || data === ''))
    return `data is ${shown(data)}: give the path of a directory; a diskless replica may have none.`;
  return undefined;
}

/** The replica, and its server. An older copy of the storage is replaced, and the server with it. */
class Serving implements ServedReplica {
  readonly failure: Promise<never>;
  /** Resolves with the server that listens. */
  opened: Promise<Server>;
  private readonly platform: ServerPlatform;
  private readonly disk: Disk;
  private settings: Settings;
  /** That of the data, without links: what is moved aside, and begun anew, is where the data is. */
  private directory: string | undefined;
  private fail: (error: unknown) => void = () => undefined;
  private server: Server | undefined;
  private isStopped = false;

  constructor(settings: Settings, platform: ServerPlatform) {
    this.platform = platform;
    this.disk = withBoundedSyncs(platform.disk, platform.clock);
    this.settings = settings;
    this.failure = new Promise((_, reject) => {
      this.fail = reject;
    });
    // A caller that does not await the failure must not end the process by an unhandled rejection.
    this.failure.catch(() => undefined);
    this.opened = this.open();
  }

  status(): StatusReport | undefined {
    return this.server?.status();
  }

  reload({ tls, access }: Pick<Cluster, 'tls' | 'access'>): void {
    if (tls !== undefined) this.platform.network.checkCredentials(tls);
    this.server?.reload({ tls, access });
    this.settings = { ...this.settings, cluster: { ...this.settings.cluster, tls, access } };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    const server = await this.opened.catch(() => undefined);
    await server?.stop();
  }

  private async open(): Promise<Server> {
    const { service, cluster, index, observer } = this.settings;
    const storage = await this.openStorage();
    for (const finding of storage.findings) observer.onFinding?.(finding);
    const options = { cluster, replicaNumber: index, service, storage, observer };
    const server = await Server.open(options, this.platform);
    // They may have been reloaded meanwhile.
    if (this.settings.cluster !== cluster) server.reload(this.settings.cluster);
    this.server = server;
    observer.onListening?.(cluster);
    server.failure.catch((error: unknown) => this.onFailure(server, error));
    return server;
  }

  private async openStorage(): Promise<StableStorage> {
    const { service, cluster, index, data } = this.settings;
    if (data === undefined) return new MemoryDisk(undefined, this.platform).open();
    const configuration = configurationOf(cluster, service);
    const owner = {
      ...{ group: groupOf(configuration), formerGroup: formerGroupOf(configuration) },
      ...{ replica: index, settings: settingsOf(configuration) },
    };
    this.directory ??= await this.disk.files.realPath(data);
    return openDurable(this.directory, owner, configuration, this.disk);
  }

  /** A replica whose storage is an older copy begins anew with empty storage, and recovers from the others. */
  private onFailure(server: Server, error: unknown): void {
    const { directory, settings } = this;
    if (!(error instanceof OutdatedError) || directory === undefined || this.isStopped)
      return this.fail(error);
    this.server = undefined;
    this.opened = (async () => {
      await server.stop();
      const aside = await setAside(directory, this.disk.files).catch((problem: unknown) => {
        throw asStorageError(directory, 'set aside', problem);
      });
      settings.observer.onSetAside?.(aside, error.message);
      return this.open();
    })();
    this.opened.catch((problem: unknown) => this.fail(problem));
  }
}
