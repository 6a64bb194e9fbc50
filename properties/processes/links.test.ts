import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realClock } from '../../models/processes/clock.ts';
import type { NetworkConditions } from '../../models/processes/network/networkConditions.ts';
import { Links } from '../../models/processes/tcp/links.ts';
import { calm, until } from './simulatedTest.ts';

/** Two servers that send everything back. */
let servers: Server[] = [];
let links: Links | undefined;
let callers: Socket[] = [];

beforeEach(async () => {
  callers = [];
  servers = [0, 1].map(() => createServer((socket) => socket.on('error', () => {}).pipe(socket)));
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  for (const caller of callers) caller.destroy();
  await links?.close();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

function portOf(server: Server): number {
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** The ports at which the first server reaches both, itself included. */
async function opened(
  networkConditions: Partial<NetworkConditions> = {},
): Promise<{ links: Links; ports: readonly number[] }> {
  links = new Links(servers.map(portOf), { ...calm.networkConditions, ...networkConditions }, realClock());
  const [ports = []] = await links.open();
  return { links, ports };
}

interface Call {
  readonly socket: Socket;
  /** Everything that came back so far. */
  heard: string;
}

async function called(port = 0): Promise<Call> {
  const socket = connect(port, '127.0.0.1');
  callers.push(socket);
  const call = { socket, heard: '' };
  socket
    .on('error', () => {})
    .on('data', (piece) => {
      call.heard += String(piece);
    });
  await once(socket, 'connect');
  return call;
}

describe('links between servers', () => {
  it('pass on what is sent in both directions, and count it', async () => {
    const { links, ports } = await opened();
    const call = await called(ports[1]);
    call.socket.write('hello');
    await until(() => call.heard === 'hello');
    expect(links.counts).toEqual({ connections: 1, broken: 0, pieces: 2, bytes: 10 });
    expect(ports[0]).toBe(portOf(servers[0] ?? createServer()));
  });

  it('know who was heard most lately, whoever called', async () => {
    const { links, ports } = await opened();
    expect(links.busiest()).toBe(undefined);
    const call = await called(ports[1]);
    links.partition([[0], [1]]);
    call.socket.write('hello');
    await setTimeout(100);
    expect(links.busiest()).toBe(undefined);
    links.heal();
    const other = await called(ports[1]);
    other.socket.write('hello');
    await until(() => other.heard === 'hello');
    // What came back came last.
    expect(links.busiest()).toBe(1);
  });

  it('let pieces arrive in order, however long each takes', async () => {
    const { ports } = await opened({ latency: 5, distribution: 'exponential' });
    const call = await called(ports[1]);
    const words = Array.from({ length: 40 }, (_, number) => `${number};`);
    for (const word of words) {
      call.socket.write(word);
      await setTimeout(1);
    }
    await until(() => call.heard.length === words.join('').length);
    expect(call.heard).toBe(words.join(''));
  });

  it('let nothing through while they are cut: they hold it, or break', async () => {
    const { links, ports } = await opened();
    const before = await Promise.all(Array.from({ length: 20 }, () => called(ports[1])));
    for (const { socket } of before) socket.write('a');
    await until(() => before.every(({ heard }) => heard === 'a'));
    links.partition([[0], [1]]);
    const during = await called(ports[1]);
    for (const { socket } of [...before, during]) socket.write('b');
    await setTimeout(50);
    expect([...before, during].map(({ heard }) => heard).join('')).toBe('a'.repeat(20));
    const broken = before.filter(({ socket }) => socket.destroyed || socket.closed);
    // Each breaks with a chance of one half, always the same with this seed.
    expect(broken.length).toBeGreaterThan(3);
    expect(broken.length).toBeLessThan(17);
    links.heal();
    const held = before.filter((call) => !broken.includes(call));
    await until(() => during.heard === 'b' && held.every(({ heard }) => heard === 'ab'));
    expect(broken.every(({ heard }) => heard === 'a')).toBe(true);
  });

  it('are not cut within a group', async () => {
    const { links, ports } = await opened();
    links.partition([[0, 1]]);
    const call = await called(ports[1]);
    call.socket.write('hello');
    await until(() => call.heard === 'hello');
  });

  it('break in bad network conditions', async () => {
    const { links, ports } = await opened({ loss: 0.2 });
    for (let calls = 0; calls < 5; calls++) {
      const call = await called(ports[1]);
      while (!call.socket.closed) {
        call.socket.write('hello');
        await setTimeout(1);
      }
    }
    expect(links.counts.broken).toBeGreaterThanOrEqual(5);
  });

  it('pass on more than anybody has room for', async () => {
    const { ports } = await opened();
    const call = await called(ports[1]);
    const length = 16 * 2 ** 20;
    call.socket.write('x'.repeat(length));
    await until(() => call.heard.length === length);
  });
});
