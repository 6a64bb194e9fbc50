import { describe, expect, test, vi } from 'vitest';
import type { Service, StorageMode } from '../../impl/index.ts';
import { keyValueService, Log } from '../../impl/index.ts';
import { ClientSession } from '../../impl/node/client/clientSession.ts';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { clusterStatus } from '../../impl/node/client/clusterStatus.ts';
import { healthOf } from '../../impl/node/client/groupHealth.ts';
import { configurationOf, usualLimits } from '../../impl/node/cluster/cluster.ts';
import { groupOf } from '../../impl/node/cluster/settings.ts';
import { SetupError } from '../../impl/node/cluster/setupError.ts';
import { binaryCodec, jsonCodec } from '../../impl/node/encoding/codec.ts';
import { encodeMessage } from '../../impl/node/encoding/messageSchema.ts';
import { FrameReader, framed } from '../../impl/node/tcp/frame.ts';
import { answerSchema, clustersProblem, type Hello } from '../../impl/node/tcp/handshake.ts';
import { commitOf } from '../commit.ts';
import { errorNaming, generousTimeout, ServedGroup, servedInTests, until } from './servedGroup.ts';

const served = servedInTests();

/** A bare connection to server 0, and what sends a message, and a hello to its group, on it. */
async function knocked(group: ServedGroup) {
  const socket = await group.knock(0);
  const send = (message: object) => socket.write(framed(jsonCodec, jsonCodec.encode(message)));
  const name = groupOf(configurationOf(group.cluster, keyValueService));
  const hello = (of: Omit<Hello, 'type' | 'group'>) => send({ type: 'hello', group: name, ...of });
  return { socket, send, hello };
}

/** A process with empty storage that comes as replica 2. */
const newcomer: Omit<Hello, 'type' | 'group'> = {
  from: 2,
  mode: 'durable',
  boot: 'new/0',
  introduction: { cluster: null, generation: 0, starts: ['new/0'] },
};

const set = (key: string, value: string) => ({ type: 'set', key, value });
const get = (key: string) => ({ type: 'get', key });

describe.each<StorageMode>(['durable', 'diskless'])('a %s group over TCP', (mode) => {
  test('keeps what it answered while its primary stops and starts again', async () => {
    const group = await served({ cluster: { mode } });
    const client = group.client();
    for (let index = 0; index < 30; index++) await client.request(set(`k${index}`, `v${index}`));
    const [primary] = [0, 1, 2].filter((number) => group.server(number).status().role === 'primary');
    await group.stop(primary ?? 0);
    expect(await client.request(get('k29'))).toBe('v29');
    await client.request(set('k30', 'v30'));
    await group.start(primary ?? 0);
    await until(() => group.server(primary ?? 0).status().status === 'normal', 'the replica is normal again');
    expect(group.standingsOf(primary ?? 0)).toEqual(
      mode === 'durable' ? ['member'] : ['waiting', 'lost', 'member'],
    );
    const other = [0, 1, 2].find((number) => number !== primary) ?? 0;
    await group.stop(other);
    expect(await client.request(get('k30'))).toBe('v30');
    expect(await client.request({ type: 'size' })).toBe(31);
  });
});

describe('a group over TCP', () => {
  test('resumes from its disks after all replicas were stopped', async () => {
    const group = await served();
    await group.client().request(set('a', 'b'));
    for (const number of [0, 1, 2]) await group.stop(number);
    for (const number of [0, 1, 2]) await group.start(number);
    expect(await group.client().request(get('a'))).toBe('b');
  });

  test('is sent outstanding requests again as soon as it can be reached again', async () => {
    const group = await served();
    const client = group.client();
    await client.request(set('a', 'b'));
    for (const number of [0, 1, 2]) await group.stop(number);
    const resend = vi.spyOn(ClientSession.prototype, 'resend');
    const answer = client.request(get('a'));
    for (const number of [0, 1, 2]) await group.start(number);
    expect(await answer).toBe('b');
    // No answer can come before a connection: so this was no retry whose timer fired.
    expect(resend).toHaveBeenCalled();
    resend.mockRestore();
  });

  test('recovers a replica whose disk was deleted', async () => {
    const group = await served();
    const client = group.client();
    await client.request(set('a', 'b'));
    await group.stop(2);
    await group.forget(2);
    await group.start(2);
    await until(() => group.server(2).status().status === 'normal', 'the replica is normal');
    expect(group.standingsOf(2)).toEqual(['waiting', 'lost', 'member']);
    await until(() => group.server(2).status().commitNumber >= 2, 'it has executed what the others have');
  });

  test('answers many clients with many outstanding requests, each in its order', async () => {
    const group = await served({ cluster: { codec: binaryCodec } });
    const clients = Array.from({ length: 8 }, () => group.client());
    const answers = await Promise.all(
      clients.flatMap((client, who) =>
        Array.from({ length: 40 }, (_, index) =>
          client.request({
            type: 'compare-and-set',
            key: `c${who}`,
            expected: index === 0 ? null : index - 1,
            value: index,
          }),
        ),
      ),
    );
    expect(new Set(answers)).toEqual(new Set([true]));
    expect(await clients[0]?.request(get('c7'))).toBe(39);
  });

  test('carries any characters, and long values', async () => {
    const client = (await served()).client();
    for (const value of ['', '\0', 'ä😀\u2028', 'x'.repeat(60_000)])
      expect(await client.request(set('key', value))).toBe(value);
  });

  test('reports the status of each replica', async () => {
    const group = await served();
    await group.client().request(set('a', 'b'));
    await group.stop(1);
    const reports = await clusterStatus(group.cluster, keyValueService, generousTimeout);
    expect(reports.map(({ type }) => type)).toEqual(['status', 'silent', 'status']);
    expect(reports[0]).toMatchObject({
      replicaNumber: 0,
      status: 'normal',
      opNumber: 2,
      sessions: 1,
      mode: 'durable',
    });
  });
});

describe('a client', () => {
  test('rejects an impossible operation without sending it', async () => {
    const client = (await served()).client();
    const refused = { name: 'NotExecutedError', reason: 'invalid' };
    await expect(client.request({ type: 'increment', key: 'a' })).rejects.toMatchObject(refused);
    expect(await client.request(get('a'))).toBeNull();
  });

  test('rejects a request that it could not send, with the reason', async () => {
    const group = await served();
    for (const number of [0, 1, 2]) await group.stop(number);
    const error = await errorNaming('ECONNREFUSED', (timeout) => group.client(timeout).request(get('a')));
    expect(error).toMatchObject({ name: 'NotExecutedError', reason: 'deadline' });
    expect(error.message).toMatch(/was not sent in .*Replica 0: .*ECONNREFUSED/);
  });

  test('rejects outstanding and later requests when it is closed', async () => {
    const group = await served();
    for (const number of [0, 1, 2]) await group.stop(number);
    const client = group.client();
    const answer = client.request(get('a'));
    client.close();
    const closed = { name: 'NotExecutedError', reason: 'closed' };
    await expect(answer).rejects.toMatchObject(closed);
    await expect(client.request(get('a'))).rejects.toMatchObject(closed);
  });

  test('is told at once that it belongs to another group', async () => {
    const group = await served();
    const stranger = new ClusterClient({ ...group.cluster, limits: { window: 3 } });
    await expect(stranger.request(get('a'), { deadline: generousTimeout })).rejects.toMatchObject({
      name: 'NotExecutedError',
      cause: expect.any(SetupError),
    });
  });

  test('is told that the replicas run another service', async () => {
    const group = await served();
    const lax: Service = { ...keyValueService, validate: () => undefined };
    const client = new ClusterClient(group.cluster, { service: lax });
    await expect(client.request('no such thing', { deadline: generousTimeout })).rejects.toThrow(
      'an operation must be an object',
    );
  });
});

describe('a server', () => {
  test('closes a connection that does not begin with a hello', async () => {
    const group = await served();
    const { version } = jsonCodec;
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.of(0, 0, 0, 1, 0, 0, 0, 0, version, 0xc1),
      Buffer.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, version),
    ]) {
      const socket = await group.knock(0);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      socket.write(bytes);
      await closed;
    }
    expect(group.rejections).toEqual([
      expect.stringMatching(/^a frame of version 84 came/),
      expect.stringMatching(/^the checksum of a frame/),
      expect.stringMatching(/^a frame of 4294967295 bytes came/),
    ]);
    expect(await group.client().request(set('a', 'b'))).toBe('b');
  });

  test('answers signs of life, of a client too', async () => {
    const group = await served();
    const socket = await group.knock(0);
    const reader = new FrameReader(jsonCodec, usualLimits.frame);
    const types: unknown[] = [];
    socket.on('data', (chunk: Buffer) => {
      for (const message of reader.read(chunk)) types.push(answerSchema.parse(message).type);
    });
    const name = groupOf(configurationOf(group.cluster, keyValueService));
    const hello = { type: 'hello', group: name, from: null, mode: null, boot: 'me/0', introduction: null };
    for (const message of [hello, { type: 'alive' }])
      socket.write(framed(jsonCodec, jsonCodec.encode(message)));
    await until(() => types.length === 2, 'both are answered');
    expect(types).toEqual(['welcome', 'alive']);
    socket.destroy();
  });

  test('rejects a client that speaks for another, or for a replica', async () => {
    const group = await served();
    // A request before the group has begun would have to be sent again.
    await group.client().request(get('a'));
    const { socket, send, hello } = await knocked(group);
    hello({ from: null, mode: null, boot: 'me/0', introduction: null });
    send({ type: 'REQUEST', operation: null, clientId: 'you/0', session: 0, requestNumber: 0 });
    send(encodeMessage(commitOf(Log.empty, 0)));
    send({ type: 'REQUEST', operation: null, clientId: 'me/0.1', session: 0, requestNumber: 0 });
    await until(() => group.server(0).status().sessions === 2, 'the client is registered');
    const closed = new Promise((resolve) => socket.resume().once('close', resolve));
    hello({ from: null, mode: null, boot: 'you/0', introduction: null });
    await closed;
    expect(group.rejections).toEqual([
      'it speaks for another client',
      'a client sends no COMMIT',
      'a client says hello once',
    ]);
  });

  test('tells why a replica that it has admitted closes the connection', async () => {
    const group = await served();
    await group.client().request(get('a'));
    await group.stop(2);
    const { socket, send, hello } = await knocked(group);
    hello(newcomer);
    send({ type: 'goodbye', reason: 'replica 0 answers at the address of replica 1' });
    await until(() => group.rejections.length > 0, 'the reason is told');
    expect(group.rejections).toEqual([
      'it closed the connection: replica 0 answers at the address of replica 1',
    ]);
    socket.destroy();
  });
});

test('a member takes part again although a process with an empty directory has come in its place', async () => {
  const group = await served();
  await group.client().request(get('a'));
  await group.stop(2);
  const { socket, send, hello } = await knocked(group);
  const closed = new Promise((resolve) => socket.resume().once('close', resolve));
  hello(newcomer);
  const alive = setInterval(() => send({ type: 'alive' }), 20);
  await group.start(2);
  await closed;
  clearInterval(alive);
  await until(() => group.server(2).status().status === 'normal', 'the member is normal again');
  expect(group.rejections).toEqual([]);
});

test('a file with an address of another cluster shows to a client, and in the status', async () => {
  const group = await served();
  const other = await ServedGroup.start();
  try {
    await Promise.all([group.client().request(get('a')), other.client().request(get('a'))]);
    const addresses = group.cluster.addresses.map((one, number) =>
      number === 2 ? (other.cluster.addresses[2] ?? one) : one,
    );
    const mixed = { ...group.cluster, addresses };
    const client = new ClusterClient(mixed, { deadline: generousTimeout });
    const ended = async () => {
      for (;;) await client.request(get('a'));
    };
    await expect(ended()).rejects.toMatchObject({ cause: { message: expect.stringContaining('cluster') } });
    const reports = await clusterStatus(mixed, keyValueService, generousTimeout);
    const told = reports.map((report) => (report.type === 'status' ? report.cluster : report.reason));
    const [first = null, second = null] = [group.server(0), other.server(0)].map(
      (one) => one.status().cluster,
    );
    expect(told).toEqual([first, first, second]);
    expect(clustersProblem(new Map(told.entries()))).toBe(
      `Replica 0 belongs to the cluster ${first}, and replica 2 to the cluster ${second}: compare the addresses and the directories.`,
    );
  } finally {
    await other.end();
  }
});

test('one cluster is no problem, and who takes part in none yet is not compared', () => {
  expect(clustersProblem(new Map([...[null, 'one', 'one', null].entries()]))).toBeUndefined();
  expect(clustersProblem(new Map())).toBeUndefined();
});

describe('a file whose addresses are in another order', () => {
  const swapped = ({ cluster }: ServedGroup) => {
    const [one, two, three] = cluster.addresses;
    if (one === undefined || two === undefined || three === undefined) throw new Error('There are three.');
    return { ...cluster, addresses: [two, one, three] };
  };

  test('shows in the status', async () => {
    const group = await served();
    const reports = await clusterStatus(swapped(group), keyValueService, generousTimeout);
    expect(reports.map((report) => (report.type === 'silent' ? report.reason : report.type))).toEqual([
      'replica 1 answers at its address',
      'replica 0 answers at its address',
      'status',
    ]);
    expect(healthOf(reports)).toMatchObject({
      serves: false,
      sentences: expect.arrayContaining([
        expect.stringContaining('Replica 1 answers at the address of replica 0: write'),
      ]),
    });
  });

  test('that leads a server to itself, by another name of its machine, is told by it', async () => {
    const group = await served();
    const [own, , third] = group.cluster.addresses;
    if (own === undefined || third === undefined) throw new Error('There are three.');
    await group.stop(0);
    await group.start(0, { ...group.cluster, addresses: [own, { ...own, host: 'localhost' }, third] });
    const isTold = () =>
      group.rejections.some((reason) => reason.startsWith('replica 0 has reached itself: give each'));
    await until(isTold, 'it tells that it has reached itself');
  });

  test('is told by the server that has it', async () => {
    const group = await served();
    await group.client().request(get('a'));
    await group.stop(2);
    await group.start(2, swapped(group));
    const told = (reason: string) => () => group.rejections.includes(reason);
    await until(told('replica 1 answers at the address of replica 0'), 'it tells of the first');
    await until(told('replica 0 answers at the address of replica 1'), 'it tells of the second');
  });
});
