import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../../models/processes/clock.ts';
import type { NetworkConditions } from '../../models/processes/network/networkConditions.ts';
import { Links } from '../../models/processes/tcp/links.ts';
import { calm, until } from './simulatedTest.ts';

/** Two servers that echo all bytes. */
let servers: Server[] = [];
let links: Links | undefined;
let sockets: Socket[] = [];

beforeEach(async () => {
  sockets = [];
  servers = [0, 1].map(() => createServer((socket) => socket.on('error', () => {}).pipe(socket)));
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await links?.close();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Opens links. Returns the ports at which the first server reaches both servers, itself included. */
async function opened(
  networkConditions: Partial<NetworkConditions> = {},
): Promise<{ links: Links; ports: readonly number[] }> {
  links = new Links(servers.map(portOf), { ...calm.networkConditions, ...networkConditions }, realClock());
  const [ports = []] = await links.open();
  return { links, ports };
}

interface Connection {
  readonly socket: Socket;
  /** All bytes received so far. */
  received: string;
}

async function connected(port = 0): Promise<Connection> {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  const connection = { socket, received: '' };
  socket
    .on('error', () => {})
    .on('data', (piece) => {
      connection.received += String(piece);
    });
  await once(socket, 'connect');
  return connection;
}

function isClosed({ socket }: Connection): boolean {
  return socket.destroyed || socket.closed;
}

describe('links between servers', () => {
  it('forward bytes in both directions, and count them', async () => {
    const { links, ports } = await opened();
    const call = await connected(ports[1]);
    call.socket.write('hello');
    await until(() => call.received === 'hello');
    expect(links.counts).toEqual({ connections: 1, broken: 0, pieces: 2, bytes: 10 });
    expect(ports[0]).toBe(portOf(servers[0] ?? createServer()));
  });

  it('report the server that sent the most lately, whichever server connected', async () => {
    const { links, ports } = await opened();
    expect(links.busiest()).toBe(undefined);
    const call = await connected(ports[1]);
    links.partition([[0], [1]]);
    call.socket.write('hello');
    await setTimeout(100);
    expect(links.busiest()).toBe(undefined);
    links.heal();
    const other = await connected(ports[1]);
    other.socket.write('hello');
    // Each answer is later than its request, so the answering server sent the most lately.
    await until(() => other.received === 'hello');
    expect(links.busiest()).toBe(1);
  });

  it('deliver pieces in order, whatever their latencies', async () => {
    const { ports } = await opened({ latency: 5, distribution: 'exponential' });
    const call = await connected(ports[1]);
    const pieces = Array.from({ length: 40 }, (_, number) => `${number};`);
    for (const piece of pieces) {
      call.socket.write(piece);
      await setTimeout(1);
    }
    await until(() => call.received.length === pieces.join('').length);
    expect(call.received).toBe(pieces.join(''));
  });

  it('let no byte through while they are cut: each connection holds its bytes or breaks', async () => {
    const { links, ports } = await opened();
    const before = await Promise.all(Array.from({ length: 20 }, () => connected(ports[1])));
    for (const { socket } of before) socket.write('a');
    await until(() => before.every(({ received }) => received === 'a'));
    links.partition([[0], [1]]);
    const during = await connected(ports[1]);
    for (const { socket } of [...before, during]) socket.write('b');
    await until(() => before.filter(isClosed).length === links.counts.broken);
    await setTimeout(50);
    expect([...before, during].map(({ received }) => received).join('')).toBe('a'.repeat(20));
    const broken = before.filter(isClosed);
    // Each connection breaks with probability one half. The seed fixes which ones do.
    expect(broken.length).toBeGreaterThan(3);
    expect(broken.length).toBeLessThan(17);
    links.heal();
    const held = before.filter((call) => !broken.includes(call));
    await until(() => during.received === 'b' && held.every(({ received }) => received === 'ab'));
    expect(broken.every(({ received }) => received === 'a')).toBe(true);
  });

  it('stay open within a group of a partition', async () => {
    const { links, ports } = await opened();
    links.partition([[0, 1]]);
    const call = await connected(ports[1]);
    call.socket.write('hello');
    await until(() => call.received === 'hello');
  });

  it('break connections at the given rate of loss', async () => {
    const { links, ports } = await opened({ loss: 0.2 });
    for (let calls = 0; calls < 5; calls++) {
      const call = await connected(ports[1]);
      while (!call.socket.closed) {
        call.socket.write('hello');
        await setTimeout(1);
      }
    }
    expect(links.counts.broken).toBeGreaterThanOrEqual(5);
  });

  it('forward more bytes than any buffer holds', async () => {
    const { ports } = await opened();
    const call = await connected(ports[1]);
    const length = 16 * 2 ** 20;
    call.socket.write('x'.repeat(length));
    await until(() => call.received.length === length);
  });
});
