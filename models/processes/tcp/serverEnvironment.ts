import type { Faults } from '../faults/faults.ts';
import type { Environment, NodeLifecycle, Traffic } from '../test/environment.ts';
import type { ClusterClients } from './clusterClients.ts';
import type { Links } from './links.ts';
import type { Servers } from './servers.ts';

/** An environment of servers over TCP, with links between them that can be cut, and clients of the client library. */
export class ServerEnvironment implements Environment, NodeLifecycle {
  readonly faults: Faults;
  readonly access: ClusterClients;
  private readonly servers: Servers;
  private readonly links: Links;

  constructor(servers: Servers, links: Links, access: ClusterClients) {
    this.servers = servers;
    this.links = links;
    this.access = access;
    this.faults = { nodes: servers, links, disks: servers };
  }

  traffic(): Traffic {
    const { bitFlips, lost } = this.servers;
    const corruption = { 'bits flipped': bitFlips, 'servers lost to corruption': lost.size };
    return { ...this.links.counts, ...(bitFlips === 0 ? {} : corruption) };
  }

  start(): Promise<void> {
    return this.servers.start();
  }

  async end(): Promise<void> {
    this.access.close();
    await this.servers.end();
    await this.links.close();
  }

  killNow(): void {
    this.servers.killNow();
  }
}
