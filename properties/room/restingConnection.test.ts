import { expect, it } from 'vitest';
import { usualLimits } from '../../impl/node/cluster/cluster.ts';
import { jsonCodec } from '../../impl/node/encoding/codec.ts';
import { FramedConnection } from '../../impl/node/tcp/framedConnection.ts';
import { type Hello, typeOf } from '../../impl/node/tcp/handshake.ts';
import { OutboundConnection } from '../../impl/node/tcp/outboundConnection.ts';
import { SmallRoom } from './smallRoom.ts';

const hello: Hello = { type: 'hello', group: 'g', from: null, mode: null, boot: 'b', introduction: null };
const frame = FramedConnection.frameOf(jsonCodec, { type: 'question' }, usualLimits);

/** A connection of a client to a peer that answers hello and signs of life. `isIdle`: whether the client awaits nothing. */
async function connected({ isIdle = true, isFull = false } = {}) {
  const room = new SmallRoom();
  const [server, client] = [room.machine('peer').start(), room.machine('client').start()];
  const seen: string[] = [];
  const lost: string[] = [];
  await room.network.seenBy(server).listen(
    { host: 'peer', port: 1 },
    {
      ...{
        tls: undefined,
        mostConnections: () => 10,
        handshakeTimeout: 1_000,
        onTlsFailure: () => undefined,
      },
      onConnection: (stream) => {
        const { clock } = server;
        const connection = new FramedConnection(
          stream,
          jsonCodec,
          usualLimits,
          {
            onMessage: (message) => {
              const type = String(typeOf(message));
              seen.push(type);
              const welcome = isFull
                ? { type: 'goodbye', reason: 'none is left', isFull }
                : { type: 'welcome' };
              connection.send(type === 'hello' ? welcome : { type: 'alive' });
              if (isFull) connection.end('none is left');
            },
            ...{ onBroken: () => undefined, onClosed: () => undefined },
          },
          clock,
        );
      },
    },
  );
  const { clock, random } = client;
  const connection = new OutboundConnection(
    {
      ...{
        address: { host: 'peer', port: 1 },
        replicaNumber: 0,
        hello: () => hello,
        tls: undefined,
        tick: 50,
      },
      ...{ codec: jsonCodec, limits: usualLimits, isIdle: () => isIdle },
      platform: { clock, random, network: room.network.seenBy(client) },
    },
    { onConnected: () => undefined, onMessage: () => undefined, onLost: (reason) => lost.push(reason) },
  );
  await room.pass(1_000);
  return { room, connection, seen, lost };
}

it.each([
  [true, 5, 15],
  [false, 200, 250],
])(
  'a connection of which it holds that nothing is awaited: %s, sends from %d to %d signs of life in a minute',
  async (isIdle, least, most) => {
    const { room, seen, lost } = await connected({ isIdle });
    await room.pass(60_000);
    const count = seen.filter((type) => type === 'alive').length;
    expect(count).toBeGreaterThan(least);
    expect(count).toBeLessThan(most);
    expect(lost).toEqual([]);
  },
);

it('a connection that rested is given up soon after a message to which nothing is answered', async () => {
  const { room, connection, lost } = await connected();
  await room.pass(10_000);
  for (const one of room.network.connections) if (one.ends[1] === 'peer') one.isDead = true;
  await room.pass(1_000);
  connection.sendFrame(frame);
  await room.pass(2_000);
  expect(lost).toEqual(['the other end was silent for 1500 ms']);
});

it('a peer that has no slot is asked again only seconds later', async () => {
  const { room, seen } = await connected({ isFull: true });
  await room.pass(60_000);
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.length).toBeLessThan(25);
});
