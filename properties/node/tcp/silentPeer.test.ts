import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { usualLimits } from '../../../impl/node/cluster/cluster.ts';
import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { NodeStream } from '../../../impl/node/platform/nodeNetwork.ts';
import { FramedConnection } from '../../../impl/node/tcp/framedConnection.ts';
import { OutboundConnection } from '../../../impl/node/tcp/outboundConnection.ts';

/** Milliseconds; a peer that answers nothing for 30 ticks is given up, and later if it must read much first. */
const tick = 10;

/** A peer that answers a message of each of these types, and what was made of it at the other end. */
class Peer {
  readonly server: Server;
  readonly outbound: OutboundConnection;
  private readonly sockets: Socket[] = [];
  private readonly seen: string[] = [];
  private waiting: (() => void)[] = [];

  private constructor(server: Server, port: number) {
    this.server = server;
    const hello = {
      type: 'hello',
      group: 'g',
      from: null,
      mode: null,
      boot: 'b',
      introduction: null,
    } as const;
    this.outbound = new OutboundConnection(
      {
        address: { host: '127.0.0.1', port },
        replicaNumber: 0,
        hello: () => hello,
        ...{ codec: jsonCodec, limits: usualLimits, tls: undefined, tick },
      },
      {
        onConnected: () => this.note('connected'),
        onMessage: (message) => this.note(JSON.stringify(message)),
        onSilent: () => this.note('silent'),
        onLost: (reason) => this.note(`lost: ${reason}`),
      },
    );
  }

  static async open(answers: Readonly<Record<string, object>>): Promise<Peer> {
    const server = createServer((socket) => {
      peer.sockets.push(socket);
      peer.note('accepted');
      const connection = new FramedConnection(new NodeStream(socket), jsonCodec, usualLimits, {
        onMessage: (message) => {
          const answer = typeof message === 'object' && message !== null && 'type' in message && message.type;
          peer.note(`came: ${String(answer)}`);
          const found = answers[String(answer)];
          if (found !== undefined) connection.send(found);
        },
        onBroken: () => undefined,
        onClosed: () => undefined,
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The peer listens on no port.');
    const peer = new Peer(server, address.port);
    return peer;
  }

  /** Waits until this has come about for the n-th time. */
  async until(what: string, count = 1): Promise<void> {
    while (this.count(what) < count) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  count(what: string): number {
    return this.seen.filter((other) => other === what).length;
  }

  async close(): Promise<void> {
    this.outbound.close();
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private note(what: string): void {
    this.seen.push(what);
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

let peer: Peer | undefined;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(async () => {
  await peer?.close();
  vi.useRealTimers();
});

const welcome = { type: 'welcome', replicaNumber: 0, boot: 'p', cluster: null };
const alive = { type: 'alive' };
const gaveUp = 'lost: the other end was silent for 300 ms';

test('a connection whose peer falls silent is made again', async () => {
  peer = await Peer.open({ hello: welcome });
  await peer.until('connected');
  vi.advanceTimersByTime(29 * tick);
  expect(peer.count(gaveUp)).toBe(0);
  vi.advanceTimersByTime(tick);
  await peer.until(gaveUp);
  vi.advanceTimersByTime(tick);
  await peer.until('connected', 2);
});

test('a peer is silent once it has answered nothing for 20 ticks, and may answer later', async () => {
  peer = await Peer.open({ hello: welcome });
  await peer.until('connected');
  vi.advanceTimersByTime(20 * tick - 1);
  expect(peer.count('silent')).toBe(0);
  vi.advanceTimersByTime(1);
  expect(peer.count('silent')).toBe(1);
  peer.outbound.repeatHello();
  await peer.until(JSON.stringify(welcome), 2);
  vi.advanceTimersByTime(20 * tick);
  expect([peer.count('silent'), peer.count('accepted')]).toEqual([2, 1]);
});

test('a connection whose peer accepts it and never answers is made again', async () => {
  peer = await Peer.open({});
  await peer.until('came: hello');
  vi.advanceTimersByTime(30 * tick);
  await peer.until(gaveUp);
  vi.advanceTimersByTime(tick);
  await peer.until('came: hello', 2);
  // Many others may call it: the second attempt may take twice as long.
  vi.advanceTimersByTime(59 * tick);
  expect(peer.count('lost: the other end was silent for 600 ms')).toBe(0);
  vi.advanceTimersByTime(tick);
  await peer.until('lost: the other end was silent for 600 ms');
});

test('a connection with half a frame on its way is kept for longer', async () => {
  const answers: Record<string, object> = { hello: welcome, alive };
  peer = await Peer.open(answers);
  await peer.until(JSON.stringify(alive));
  delete answers.alive;
  const half = { text: 'x'.repeat(usualLimits.frame / 2) };
  peer.outbound.sendFrame(FramedConnection.frameOf(jsonCodec, half, usualLimits));
  vi.advanceTimersByTime(114 * tick);
  expect(peer.count('lost: the other end was silent for 1150 ms')).toBe(0);
  vi.advanceTimersByTime(7 * tick);
  await peer.until('lost: the other end was silent for 1150 ms');
});

test('a connection whose peer answers signs of life is kept', async () => {
  peer = await Peer.open({ hello: welcome, alive });
  await peer.until('connected');
  await peer.until(JSON.stringify(alive));
  for (let answers = 2; answers < 100; answers++) {
    vi.advanceTimersByTime(5 * tick);
    await peer.until(JSON.stringify(alive), answers);
  }
  expect(peer.count('accepted')).toBe(1);
  expect([peer.count(gaveUp), peer.count('silent')]).toEqual([0, 0]);
});
