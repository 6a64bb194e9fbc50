import { Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { configure, createReplica, keyValueService } from '../../../impl/index.ts';
import { ClientWatches } from '../../../impl/node/client/clientWatches.ts';
import type { Access } from '../../../impl/node/cluster/access.ts';
import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { NodeStream } from '../../../impl/node/platform/nodeNetwork.ts';
import { ClientConnections } from '../../../impl/node/tcp/clientConnections.ts';
import { FramedConnection, FullError } from '../../../impl/node/tcp/framedConnection.ts';
import { Watches } from '../../../impl/node/watch/watches.ts';
import type { WatchAnswer } from '../../../impl/node/watch/watchMessages.ts';
import { set } from './executedEntries.ts';

/** A watch of the key a after op-number 5, whose question was sent to replica 0. */
function asked() {
  const client = new ClientWatches({
    size: 1,
    delay: Number.POSITIVE_INFINITY,
    frameOf: (message) => Buffer.from(JSON.stringify(message)),
    send: () => true,
    isConnected: () => true,
    isUnreachable: () => false,
    problems: () => '',
  });
  const stop = new AbortController();
  const watch = client.watch('a', { after: 5, deadline: Number.POSITIVE_INFINITY, signal: stop.signal });
  return { client, stop, watch, next: watch.next() };
}

const event = (opNumber: number, key = 'a') => ({
  opNumber,
  changes: [{ type: 'set', key, value: 1 } as const],
});
const answer = (given: object): WatchAnswer => ({
  ...{ type: 'changes', id: 0, after: 5, opNumber: 9, events: [event(6), event(8)] },
  ...given,
});

test('a client takes the changes that it asked for', async () => {
  const { client, watch, next } = asked();
  client.receive(0, answer({}));
  expect((await next).value).toEqual({ opNumber: 6, changes: [set('a', 1)] });
  expect((await watch.next()).value).toEqual({ opNumber: 8, changes: [set('a', 1)] });
});

test('a client tells nothing more once the signal is aborted', async () => {
  const { client, watch, next, stop } = asked();
  client.receive(0, answer({}));
  await next;
  stop.abort();
  expect(await watch.next()).toEqual({ done: true, value: undefined });
});

test.each([
  ['after another op-number', { after: 4 }],
  ['that were told before', { events: [event(5)] }],
  ['in another order', { events: [event(8), event(6)] }],
  ['of one entry twice', { events: [event(6), event(6)] }],
  ['beyond the op-number up to which they go', { opNumber: 7 }],
  ['up to an earlier op-number', { opNumber: 4, events: [] }],
  ['of another key', { events: [event(6, 'b')] }],
  ['of an entry that has none', { events: [{ opNumber: 6, changes: [] }] }],
])('a client rejects changes %s', (_, given) => {
  const { client } = asked();
  expect(() => client.receive(0, answer(given))).toThrow('these are not the changes that were asked for');
});

test('a client ignores answers to questions that it has not asked that replica', async () => {
  const { client, next } = asked();
  client.receive(1, answer({ events: [event(5)] }));
  client.receive(0, answer({ id: 1, events: [event(5)] }));
  client.receive(0, answer({}));
  expect((await next).value).toEqual({ opNumber: 6, changes: [set('a', 1)] });
});

/** A connection of a client to a replica whose queue takes so many bytes, and what the watches of that replica are told. */
function connected(queue: number, access: Access = {}) {
  const socket = new Socket();
  const forgotten: object[] = [];
  const unused = () => undefined;
  const connection = new FramedConnection(
    new NodeStream(socket),
    jsonCodec,
    { frame: 1_000, queue },
    {
      ...{ onMessage: unused, onBroken: unused, onClosed: unused },
    },
  );
  const configuration = configure(3, 'durable', keyValueService);
  const watches = new Watches(keyValueService, 1_000);
  const clients = new ClientConnections(
    { configuration, access },
    {
      onMessage: unused,
      clientTable: () => createReplica(configuration, 0).clientTable,
      status: () => {
        throw new Error('No status is asked for.');
      },
      watches: {
        ask: (...question) => watches.ask(...question),
        cancel: unused,
        forget: (one) => forgotten.push(one),
      },
    },
    {
      onConnection: unused,
      onRejected: unused,
      onRefused: unused,
      onUnsent: unused,
      onOtherSettings: unused,
    },
  );
  return { socket, connection, clients, forgotten };
}

test('the watches of a replica are told that a connection is closed', () => {
  const { clients, connection, forgotten } = connected(1_000);
  clients.forget(connection);
  expect(forgotten).toEqual([connection]);
});

test('a client that asks only for the status needs no slot of a client', () => {
  const { clients, connection } = connected(1_000);
  const introduce = () => {
    throw new FullError('There is none.');
  };
  const peer = { connection, remote: '', certifiedName: undefined, isSecure: false, introduce };
  const hello = { type: 'hello', group: '', from: null, mode: null, boot: 'a', introduction: null } as const;
  expect(() => clients.add(peer, hello)).toThrow(FullError);
  expect(() => clients.add(peer, { ...hello, asks: 'status' })).not.toThrow();
});

test('the end of a connection of a client costs the same however many others there are', () => {
  const { clients, connection } = connected(1_000);
  const introduce = () => undefined;
  const peer = { connection, remote: '', certifiedName: undefined, isSecure: false, introduce };
  clients.add(peer, {
    ...{ type: 'hello', group: '', from: null, mode: null, boot: 'a', introduction: null },
  });
  const iterated = vi.spyOn(Map.prototype, Symbol.iterator);
  clients.forget(connection);
  expect(iterated).not.toHaveBeenCalled();
  iterated.mockRestore();
});

test.each([
  ['closed if its queue does not take the answer', 10, true],
  ['left open otherwise', 1_000, false],
])('the connection of a watch is %s', (_, queue, isClosed) => {
  const { clients, connection, socket } = connected(queue);
  const introduce = () => undefined;
  const peer = { connection, remote: '', certifiedName: undefined, isSecure: false, introduce };
  const question = { type: 'watch', id: 0, key: 'a', after: null, waits: false };
  expect(clients.takesQuestion(peer, question)).toBe(true);
  expect(socket.destroyed).toBe(isClosed);
  socket.destroy();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a watch that asks more often than its name may is told to ask again, and not refused', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const { clients, connection, socket } = connected(1_000, {
    ...{ requestsPerSecondPerName: 1, roles: { read: ['ann'] } },
  });
  const send = vi.spyOn(connection, 'send');
  const ask = (certifiedName: string): unknown => {
    const question = { type: 'watch', id: 0, key: 'a', after: null, waits: false };
    const introduce = () => undefined;
    clients.takesQuestion({ connection, remote: '', certifiedName, isSecure: true, introduce }, question);
    return send.mock.lastCall?.[0];
  };
  expect(ask('ann')).toMatchObject({ because: 'unavailable', reason: 'the replica is not normal' });
  expect(ask('ann')).toMatchObject({
    ...{ because: 'unavailable', reason: expect.stringContaining('more requests than 1 in a second') },
  });
  expect(ask('bob')).toMatchObject({ because: 'refused' });
  vi.advanceTimersByTime(1_000);
  expect(ask('ann')).toMatchObject({ because: 'unavailable', reason: 'the replica is not normal' });
  socket.destroy();
});

test('a watch that no replica begins names what each has answered', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const client = new ClientWatches({
    ...{ size: 2, delay: 10 },
    frameOf: (message) => message,
    send: (to, { id }) => {
      queueMicrotask(() =>
        client.receive(to, {
          type: 'unwatched',
          id,
          because: 'unavailable',
          since: 0,
          reason: `${to} waits`,
        }),
      );
      return true;
    },
    isConnected: () => true,
    isUnreachable: () => false,
    problems: (told) => ` ${[...told].join(' ')}`,
  });
  const next = expect(client.watch('a', { deadline: 1_000 }).next()).rejects.toMatchObject({
    reason: 'deadline',
    message: 'No replica has begun the watch in 1000 ms. 0,0 waits 1,1 waits',
  });
  await vi.advanceTimersByTimeAsync(1_000);
  await next;
});

test('a watch leaves a replica that falls silent for another one, and keeps no place at it', () => {
  const sent: (readonly [number, string])[] = [];
  const silent = new Set<number>();
  const client = new ClientWatches({
    ...{ size: 2, delay: Number.POSITIVE_INFINITY },
    frameOf: (message) => message,
    send: (to, { type }) => sent.push([to, type]) > 0,
    isConnected: (number) => !silent.has(number),
    isUnreachable: () => false,
    problems: () => '',
  });
  void client.watch('a', { deadline: Number.POSITIVE_INFINITY }).next();
  silent.add(0);
  client.connectionChanged(0);
  silent.add(1);
  client.connectionChanged(1);
  silent.delete(0);
  client.connectionChanged(0);
  expect(sent).toEqual([
    [0, 'watch'],
    [0, 'unwatch'],
    [1, 'watch'],
    [1, 'unwatch'],
    [0, 'watch'],
  ]);
});
