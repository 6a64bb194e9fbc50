import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ClusterClient } from '../../../impl/node/client/clusterClient.ts';
import { type Cluster, clusterOf } from '../../../impl/node/cluster/cluster.ts';
import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { NodeStream } from '../../../impl/node/platform/nodeNetwork.ts';
import { FramedConnection } from '../../../impl/node/tcp/framedConnection.ts';

/** Milliseconds. */
const tick = 10;

/** Servers that welcome a client, and answer its signs of life until they are silent. They note the other messages. */
class WelcomingServers {
  readonly seen: string[] = [];
  readonly silent = new Set<number>();
  private readonly servers: Server[] = [];
  private waiting: (() => void)[] = [];

  async open(size: number): Promise<Cluster> {
    const addresses = [];
    for (let number = 0; number < size; number++) {
      const server = createServer((socket) => {
        const connection = new FramedConnection(
          new NodeStream(socket),
          jsonCodec,
          clusterOf([]).connectionLimits,
          {
            onMessage: (message) => this.onMessage(number, connection, message),
            onBroken: () => undefined,
            onClosed: () => undefined,
          },
        );
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
      this.servers.push(server);
      addresses.push({ host: '127.0.0.1', port: address.port });
    }
    return clusterOf(addresses, { tick });
  }

  async until(what: string, count = 1): Promise<void> {
    while (this.seen.filter((other) => other === what).length < count)
      await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    for (const server of this.servers) server.close();
  }

  private onMessage(number: number, connection: FramedConnection, message: unknown): void {
    const type = typeof message === 'object' && message !== null && 'type' in message && message.type;
    if (type === 'hello')
      connection.send({ type: 'welcome', replicaNumber: number, boot: 'p', cluster: null });
    if (type === 'alive' && !this.silent.has(number)) connection.send({ type: 'alive', status: 'normal' });
    this.seen.push(`${number} ${String(type)}`);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** Time passes until the next sign of life, and the answers arrive. */
async function sign(servers: WelcomingServers, count: number): Promise<void> {
  vi.advanceTimersByTime(5 * tick);
  await Promise.all([0, 1].map((number) => servers.until(`${number} alive`, count)));
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a watch that waits for a change stays at a server that answers signs of life, and leaves it once that is silent', async () => {
  const servers = new WelcomingServers();
  const client = new ClusterClient(await servers.open(2));
  const next = client.watch('a', { after: 1, deadline: 10_000_000 }).next();
  next.catch(() => undefined);
  await Promise.all(['0 alive', '1 alive'].map((what) => servers.until(what)));
  await Promise.race([servers.until('0 watch'), servers.until('1 watch')]);
  const asked = servers.seen.includes('0 watch') ? 0 : 1;
  for (let signs = 2; signs < 60; signs++) await sign(servers, signs);
  expect(servers.seen).not.toContain(`${1 - asked} watch`);
  servers.silent.add(asked);
  for (let signs = 60; signs < 66; signs++) await sign(servers, signs);
  await servers.until(`${1 - asked} watch`);
  await servers.until(`${asked} unwatch`);
  vi.useRealTimers();
  await client.close();
  servers.close();
});
