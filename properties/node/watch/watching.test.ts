import { describe, expect, test } from 'vitest';
import {
  defineService,
  type Json,
  type KeyValueOperation,
  keyValueService,
  type Service,
} from '../../../impl/index.ts';
import { ClusterClient } from '../../../impl/node/client/clusterClient.ts';
import { WatchError } from '../../../impl/node/client/errors.ts';
import { configurationOf } from '../../../impl/node/cluster/cluster.ts';
import { groupOf } from '../../../impl/node/cluster/settings.ts';
import { binaryCodec, jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { framed } from '../../../impl/node/tcp/frame.ts';
import type { WatchEvent } from '../../../impl/node/watch/watchMessages.ts';
import { generousTimeout, type ServedGroup, servedInTests, until } from '../servedGroup.ts';
import { set } from './executedEntries.ts';

const served = servedInTests();

/** The events that have changes, until there are so many of them. */
async function eventsOf(watch: AsyncIterable<WatchEvent>, count: number): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  for await (const event of watch) {
    if (event.changes.length > 0) events.push(event);
    if (events.length === count) break;
  }
  return events;
}

/** What a watch yields for a change that it waits for when its signal is aborted. */
async function nextAborted(client: ClusterClient): Promise<unknown> {
  const stop = new AbortController();
  const watch = client.watch('a', { signal: stop.signal });
  await watch.next();
  const next = watch.next();
  stop.abort();
  return next;
}

/** The error with which the watch ends. */
async function endOf(watch: AsyncIterable<WatchEvent>): Promise<unknown> {
  try {
    for await (const event of watch) expect(event.changes).toEqual([]);
  } catch (error) {
    return error;
  }
  throw new Error('The watch has ended without an error.');
}

/** The server that is asked by a client that reaches it alone. */
function clientOf(group: ServedGroup, numbers: readonly number[]): ClusterClient {
  const closed = { host: '127.0.0.1', port: 1 };
  const addresses = group.cluster.addresses.map((address, number) =>
    numbers.includes(number) ? address : { ...closed, port: number + 1 },
  );
  return new ClusterClient({ ...group.cluster, addresses }, { deadline: generousTimeout });
}

describe('a watch of a group over TCP', () => {
  test('tells each acknowledged change once, in order, while the servers stop and start in turn', async () => {
    const group = await served();
    const writer = group.client();
    const watch = group.client().watch('a');
    const first = await watch.next();
    expect(first.value).toMatchObject({ changes: [] });
    const told = eventsOf(watch, 60);
    for (let value = 0; value < 60; value++) {
      if (value % 15 === 10) await group.stop(((value / 15) % 3) | 0);
      if (value % 15 === 14) await group.start(((value / 15) % 3) | 0);
      await writer.request(set('b', value));
      await writer.request(set('a', value));
    }
    const events = await told;
    expect(events.map(({ changes }) => changes)).toEqual(
      Array.from({ length: 60 }, (_, value) => [set('a', value)]),
    );
    const numbers = events.map(({ opNumber }) => opNumber);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((one, other) => one - other));
  });

  test('tells a delete apart from a null value, and the changes of a multi under one op-number', async () => {
    const group = await served({ cluster: { codec: binaryCodec } });
    const client = group.client();
    const remove: KeyValueOperation = { type: 'delete', key: 'a' };
    for (const operation of [set('a', null), remove, remove]) await client.request(operation);
    await client.request({ type: 'multi', operations: [set('a', 1), set('b', 2), set('a', 3)] });
    const [one, two, three] = await eventsOf(client.watch('a', { after: 0 }), 3);
    expect([one?.changes, two?.changes]).toEqual([[set('a', null)], [remove]]);
    expect(three?.changes).toEqual([set('a', 1), set('a', 3)]);
    expect(await eventsOf(client.watch('a', { after: two?.opNumber }), 1)).toEqual([three]);
  });

  test('is refused with the op-number from which it can be had, once checkpoints hold its past', async () => {
    const group = await served({ cluster: { limits: { checkpointEvery: 4 } } });
    const client = group.client();
    for (let value = 0; value < 20; value++) await client.request(set('a', value));
    const error = await endOf(client.watch('a', { after: 1 }));
    expect(error).toBeInstanceOf(WatchError);
    const since = error instanceof WatchError ? (error.since ?? 0) : 0;
    expect(error).toMatchObject({
      reason: 'compacted',
      message: expect.stringContaining(`those after ${since} are`),
    });
    // The registration is the first entry.
    const missing = 20 + 1 - since;
    expect(
      (await eventsOf(client.watch('a', { after: since }), missing)).map(({ opNumber }) => opNumber),
    ).toEqual(Array.from({ length: missing }, (_, index) => since + index + 1));
  });

  test('goes on across checkpoints while only other keys change', async () => {
    const group = await served({ cluster: { limits: { checkpointEvery: 4 } } });
    const client = group.client();
    const watch = group.client().watch('a');
    await watch.next();
    const told = eventsOf(watch, 1);
    for (let value = 0; value < 30; value++) await client.request(set('b', value));
    await group.stop(0);
    for (let value = 0; value < 3; value++) await client.request(set('b', value));
    await client.request(set('a', 1));
    expect(await told).toMatchObject([{ changes: [set('a', 1)] }]);
  });

  test('notices that a checkpoint took the place of entries that its server missed', async () => {
    const group = await served({ cluster: { limits: { checkpointEvery: 4 } } });
    const client = group.client();
    await client.request(set('a', 0));
    await group.stop(2);
    for (let value = 1; value < 30; value++) await client.request(set('a', value));
    await group.start(2);
    const lagging = clientOf(group, [2]);
    const error = await endOf(lagging.watch('a', { after: 2 }));
    lagging.close();
    expect(error).toMatchObject({ reason: 'compacted' });
  });

  test('ends when its signal is aborted, or its client closed', async () => {
    const client = (await served()).client();
    expect(await nextAborted(client)).toEqual({ done: true, value: undefined });
    const other = client.watch('a');
    await other.next();
    const failed = endOf(other);
    client.close();
    expect(await failed).toMatchObject({ reason: 'closed' });
    expect(await endOf(client.watch('a'))).toMatchObject({ reason: 'closed' });
  });

  test('takes no place at its server once it was aborted', async () => {
    const client = (await served()).client();
    for (let index = 0; index <= 100; index++)
      expect(await nextAborted(client)).toEqual({ done: true, value: undefined });
    const watch = client.watch('a');
    await watch.next();
    const next = watch.next();
    await client.request(set('a', 1));
    expect((await next).value).toMatchObject({ changes: [set('a', 1)] });
  });

  test('is refused where the service tells no changes, and where no server answers in time', async () => {
    const { changes, ...service } = keyValueService;
    const group = await served({ service });
    expect(changes).toBeDefined();
    const client = group.client();
    expect(await endOf(client.watch('a'))).toMatchObject({
      reason: 'refused',
      message: expect.stringContaining('the service does not tell what its operations change'),
    });
    const alone = clientOf(group, []);
    expect(await endOf(alone.watch('a', { deadline: 100 }))).toMatchObject({ reason: 'deadline' });
    alone.close();
    expect(() => Reflect.apply(client.watch, client, [7])).toThrow(TypeError);
    await expect(client.watch('x'.repeat(2 ** 21)).next()).rejects.toThrow(RangeError);
    expect(() => client.watch('a', { after: -1 })).toThrow(RangeError);
    expect(() => client.watch('a', { deadline: Number.NaN })).toThrow(RangeError);
  });

  test('closes only the connection on which its question is malformed', async () => {
    const group = await served();
    const client = group.client();
    const watch = client.watch('a');
    await watch.next();
    const socket = await group.knock(0);
    const send = (message: object) => socket.write(framed(jsonCodec, jsonCodec.encode(message)));
    const name = groupOf(configurationOf(group.cluster, keyValueService));
    send({ type: 'hello', group: name, from: null, mode: null, boot: 'stranger', introduction: null });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.resume();
    send({ type: 'watch', id: 0, key: 7, after: 0, waits: true });
    await closed;
    expect(group.rejections).toEqual([expect.stringContaining('key')]);
    await client.request(set('a', 1));
    expect(await eventsOf(watch, 1)).toMatchObject([{ changes: [set('a', 1)] }]);
  });
});

test('a service of its own tells what its operations change', async () => {
  const shelf: Service<Record<string, number>, Json, number> = defineService({
    initial: {},
    validate: (operation: Json) => (typeof operation === 'string' ? undefined : 'write the name of a thing'),
    apply: (state: Record<string, number>, operation: Json) => {
      const count = (state[String(operation)] ?? 0) + 1;
      return { state: { ...state, [String(operation)]: count }, result: count };
    },
    changes: (operation, result) => [
      { type: 'set', key: String(operation), value: operation === 'atlas' ? 'x'.repeat(2 ** 21) : result },
    ],
  });
  const group = await served({ service: shelf });
  const client = group.client();
  for (const thing of ['cup', 'book', 'cup']) await client.request(thing);
  expect((await eventsOf(client.watch('cup', { after: 0 }), 2)).map(({ changes }) => changes)).toEqual([
    [set('cup', 1)],
    [set('cup', 2)],
  ]);
  await client.request('atlas');
  expect(await endOf(client.watch('atlas', { after: 0 }))).toMatchObject({
    reason: 'refused',
    message: expect.stringMatching(/a message has \d+ bytes, and the limit is/),
  });
});

test('a watch that is read late tells all that its server kept in its log', async () => {
  const group = await served();
  const client = group.client();
  const watch = client.watch('a');
  await watch.next();
  for (let value = 0; value < 50; value++) await client.request(set('a', value));
  await until(
    () => [0, 1, 2].every((number) => group.server(number).status().commitNumber > 50),
    'all executed',
  );
  expect((await eventsOf(watch, 50)).at(-1)).toMatchObject({ changes: [set('a', 49)] });
});
