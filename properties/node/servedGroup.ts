import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { keyValueService, type Service } from '../../impl/index.ts';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { type Cluster, clusterOf, configurationOf } from '../../impl/node/cluster/cluster.ts';
import { groupOf } from '../../impl/node/cluster/settings.ts';
import type { TlsCredentials } from '../../impl/node/cluster/tlsCredentials.ts';
import { Server, type ServerObserver, type Standing } from '../../impl/node/server.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { openDurable } from '../../impl/node/storage/openDurable.ts';
import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import { freePorts } from '../../models/processes/tcp/freePorts.ts';

/** How a group under test differs from the default. */
export interface GroupOptions {
  readonly size?: number;
  readonly cluster?: Partial<Cluster>;
  readonly service?: Service;
  /** The TLS credentials of each member. */
  readonly credentialsOf?: (number: number) => TlsCredentials | undefined;
}

/** Servers of one group, on free ports of the loopback interface, with their storage. `end` removes all of it. */
export class ServedGroup {
  readonly cluster: Cluster;
  /** Why the servers rejected input. */
  readonly rejections: string[] = [];
  /** The requests that the servers refused: the name, why, and in words. */
  readonly refused: (readonly [string, string, string])[] = [];
  private readonly service: Service;
  private readonly credentialsOf: (number: number) => TlsCredentials | undefined;
  private readonly directory: string;
  private readonly servers = new Map<number, Server>();
  private readonly clients: ClusterClient[] = [];
  private readonly standings = new Map<number, Standing[]>();

  private constructor(
    cluster: Cluster,
    directory: string,
    { service = keyValueService, credentialsOf }: GroupOptions,
  ) {
    this.cluster = cluster;
    this.directory = directory;
    this.service = service;
    this.credentialsOf = credentialsOf ?? (() => undefined);
  }

  static async start(options: GroupOptions = {}): Promise<ServedGroup> {
    const { size = 3, cluster = {} } = options;
    const ports = await freePorts(size);
    const addresses = ports.map((port) => ({ host: '127.0.0.1', port }));
    const directory = await mkdtemp(join(tmpdir(), 'viewstamped-'));
    const group = new ServedGroup(clusterOf(addresses, { tick: 20, ...cluster }), directory, options);
    await Promise.all(addresses.map((_, number) => group.start(number)));
    return group;
  }

  /** Starts a server, by the description of its group that it has. */
  async start(number: number, described: Cluster = this.cluster): Promise<void> {
    const standings: Standing[] = [];
    this.standings.set(number, standings);
    const observer: Partial<ServerObserver> = {
      onStanding: (standing) => standings.push(standing),
      onRejected: (_, reason) => this.rejections.push(reason),
      onRefused: (...what) => this.refused.push(what),
    };
    const { service } = this;
    const cluster = { ...described, tls: this.credentialsOf(number) };
    const storage = await this.storage(number);
    this.servers.set(
      number,
      await Server.open({ cluster, replicaNumber: number, service, storage, observer }),
    );
  }

  /** Stops a server gracefully. Crashes are the storage's own subject, and tested there. */
  async stop(number: number): Promise<void> {
    const server = this.servers.get(number);
    this.servers.delete(number);
    await server?.stop();
  }

  /** Deletes a server's storage. */
  async forget(number: number): Promise<void> {
    await rm(this.directoryOf(number), { recursive: true });
  }

  client(deadline = generousTimeout): ClusterClient {
    const client = new ClusterClient(this.cluster, { service: this.service, deadline });
    this.clients.push(client);
    return client;
  }

  server(number: number): Server {
    const server = this.servers.get(number);
    if (server === undefined) throw new Error(`Server ${number} is not running.`);
    return server;
  }

  /** How the server's latest start has stood in its group. */
  standingsOf(number: number): readonly Standing[] {
    return this.standings.get(number) ?? [];
  }

  /** Opens a bare connection to a server. */
  async knock(number: number): Promise<Socket> {
    const address = this.cluster.addresses[number];
    if (address === undefined) throw new RangeError(`There is no server ${number}.`);
    const socket = connect(address);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return socket;
  }

  async end(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await Promise.all([...this.servers.keys()].map((number) => this.stop(number)));
    await rm(this.directory, { recursive: true, force: true });
  }

  private async storage(number: number): Promise<StableStorage> {
    if (this.cluster.mode === 'diskless') return new MemoryDisk().open();
    const configuration = configurationOf(this.cluster, this.service);
    return openDurable(
      this.directoryOf(number),
      { group: groupOf(configuration), replica: number },
      configuration,
    );
  }

  private directoryOf(number: number): string {
    return join(this.directory, String(number));
  }
}

/** A function that starts a group for one test. The group ends with the test. */
export function servedInTests(): (options?: GroupOptions) => Promise<ServedGroup> {
  let group: ServedGroup | undefined;
  afterEach(async () => {
    await group?.end();
    group = undefined;
  });
  return async (options) => {
    group = await ServedGroup.start(options);
    return group;
  };
}

/**
 * Waits until the condition holds, looking again and again. The limit is ten minutes, for a machine under heavy load: it
 * only ends a test that hangs.
 */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (let look = 0; look < 60_000; look++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`In ten minutes it never came about that ${what}.`);
}

/** Milliseconds for a request that must be answered, on the slowest machine too. */
export const generousTimeout = 600_000;

/**
 * The error of a request whose message must name something that takes time to come about. The timeout is doubled, from half a
 * second up, until it does.
 */
export async function errorNaming(
  word: string,
  request: (timeout: number) => Promise<unknown>,
): Promise<Error> {
  for (let timeout = 500; ; timeout *= 2) {
    const error = await request(timeout).catch((reason: unknown) => reason);
    if (!(error instanceof Error)) throw new Error('The request was answered.');
    if (error.message.includes(word) || timeout > generousTimeout / 4) return error;
  }
}
