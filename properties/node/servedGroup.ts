import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyValueService, type Service } from '../../impl/index.ts';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { type Cluster, clusterOf, configurationOf, groupOf } from '../../impl/node/cluster/cluster.ts';
import type { TlsCredentials } from '../../impl/node/cluster/tlsCredentials.ts';
import { Server, type ServerObserver } from '../../impl/node/server.ts';
import { openDurable } from '../../impl/node/storage/durable/durableStorage.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import type { StableStorage } from '../../impl/node/storage/stableStorage.ts';
import { freePorts } from '../../models/bench/cluster/freePorts.ts';

/** How a group under test differs from the usual. */
export interface Manner {
  readonly size?: number;
  readonly cluster?: Partial<Cluster>;
  readonly service?: Service;
  /** What each of its members shows the others. */
  readonly credentialsOf?: (number: number) => TlsCredentials | undefined;
}

/** Servers of one group, on free ports of the loopback interface, with what they keep. All of it is gone after `end`. */
export class ServedGroup {
  readonly cluster: Cluster;
  readonly refused: string[] = [];
  private readonly service: Service;
  private readonly credentialsOf: (number: number) => TlsCredentials | undefined;
  private readonly directory: string;
  private readonly servers = new Map<number, Server>();
  private readonly clients: ClusterClient[] = [];
  private readonly begun = new Map<number, string>();

  private constructor(
    cluster: Cluster,
    directory: string,
    { service = keyValueService, credentialsOf }: Manner,
  ) {
    this.cluster = cluster;
    this.directory = directory;
    this.service = service;
    this.credentialsOf = credentialsOf ?? (() => undefined);
  }

  static async start(manner: Manner = {}): Promise<ServedGroup> {
    const { size = 3, cluster = {} } = manner;
    const ports = await freePorts(size);
    const addresses = ports.map((port) => ({ host: '127.0.0.1', port }));
    const directory = await mkdtemp(join(tmpdir(), 'viewstamped-'));
    const group = new ServedGroup(clusterOf(addresses, { tick: 20, ...cluster }), directory, manner);
    await Promise.all(addresses.map((_, number) => group.start(number)));
    return group;
  }

  async start(number: number): Promise<void> {
    const observer: Partial<ServerObserver> = {
      onStarted: (how) => this.begun.set(number, how),
      onRejected: (_, reason) => this.refused.push(reason),
    };
    const { service } = this;
    const cluster = { ...this.cluster, tls: this.credentialsOf(number) };
    const storage = await this.storage(number);
    this.servers.set(
      number,
      await Server.open({ cluster, replicaNumber: number, service, storage, observer }),
    );
  }

  /** Ends a server. What a crash would leave undone is the storage's own business, and tested there. */
  async stop(number: number): Promise<void> {
    const server = this.servers.get(number);
    this.servers.delete(number);
    await server?.stop();
  }

  /** Takes away what a server keeps. */
  async forget(number: number): Promise<void> {
    await rm(this.placeOf(number), { recursive: true });
  }

  client(timeout = 20_000): ClusterClient {
    const client = new ClusterClient(this.cluster, { service: this.service, timeout });
    this.clients.push(client);
    return client;
  }

  server(number: number): Server {
    const server = this.servers.get(number);
    if (server === undefined) throw new Error(`Server ${number} is not running.`);
    return server;
  }

  /** How a server began when it was last started. */
  beginningOf(number: number): string | undefined {
    return this.begun.get(number);
  }

  /** Says something to a server, byte by byte. */
  async knock(number: number): Promise<Socket> {
    const address = this.cluster.addresses[number];
    if (address === undefined) throw new RangeError(`There is no server ${number}.`);
    const socket = connect(address);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return socket;
  }

  async end(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all([...this.servers.keys()].map((number) => this.stop(number)));
    await rm(this.directory, { recursive: true, force: true });
  }

  private async storage(number: number): Promise<StableStorage> {
    if (this.cluster.mode === 'diskless') return new MemoryDisk().open();
    const configuration = configurationOf(this.cluster, this.service);
    return openDurable(
      this.placeOf(number),
      { group: groupOf(configuration), replica: number },
      configuration,
    );
  }

  private placeOf(number: number): string {
    return join(this.directory, String(number));
  }
}

/** Waits until it is so, looking now and then. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let look = 0; look < 1_500; look++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`It never came about that ${what}.`);
}
