import type { Company, Environment, Traffic } from '../environment.ts';
import type { Faults } from '../faults.ts';
import type { ClusterClients } from './clusterClients.ts';
import type { Links } from './links.ts';
import type { Servers } from './servers.ts';

/** Servers over TCP, with links between them that can be cut, and clients that use the library. */
export class ServerEnvironment implements Environment, Company {
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
    const { flips, lost } = this.servers;
    const harm = { 'bits turned round': flips, 'servers whose disk was lost': lost.size };
    return { ...this.links.counts, ...(flips === 0 ? {} : harm) };
  }

  start(): Promise<void> {
    return this.servers.start();
  }

  async end(): Promise<void> {
    this.access.close();
    await this.servers.end();
    await this.links.close();
  }

  abandon(): void {
    this.servers.abandon();
  }
}
