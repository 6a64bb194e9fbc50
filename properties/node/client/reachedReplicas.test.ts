import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ClusterClient } from '../../../impl/node/client/clusterClient.ts';
import { clusterOf } from '../../../impl/node/cluster/cluster.ts';
import { SetupError } from '../../../impl/node/cluster/setupError.ts';
import { errorNaming, generousTimeout, ServedGroup, servedInTests, until } from '../servedGroup.ts';

const served = servedInTests();
let other: ServedGroup | undefined;
let client: ClusterClient | undefined;
let relay: Server | undefined;

afterEach(async () => {
  await client?.close({ deadline: 0 });
  relay?.close();
  await other?.end();
});

const get = { type: 'get', key: 'a' };

test('a client that a server refuses goes on with the others, and names the reason once they are gone', async () => {
  const group = await served();
  other = await ServedGroup.start({ cluster: { limits: { window: 4 } } });
  const [one, two] = group.cluster.addresses;
  const refusing = other.cluster.addresses[2];
  if (one === undefined || two === undefined || refusing === undefined) throw new Error('There are three.');
  client = new ClusterClient({ ...group.cluster, addresses: [one, two, refusing] });
  const request = (deadline = generousTimeout) => client?.request(get, { deadline }) ?? Promise.reject();
  const { rejections } = other;
  expect(await request()).toBe(null);
  await until(() => rejections.length >= 3, 'the client is refused again and again');
  expect(await request()).toBe(null);
  await Promise.all([0, 1].map((number) => group.stop(number)));
  const error = await errorNaming('Replica 2: this replica belongs to the group', request);
  expect(error.message).toContain('Replica 0: ');
  expect(error.message).toContain('Normal replicas: 0 of 3, and requests need 2.');
});

test('a client that is refused by each server that it reaches is told at once why', async () => {
  other = await ServedGroup.start();
  const addresses = other.cluster.addresses.with(1, { host: '127.0.0.1', port: 1 });
  client = new ClusterClient(clusterOf(addresses, { limits: { window: 4 } }));
  const error = await client.request(get, { deadline: generousTimeout }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    ...{ name: 'NotExecutedError', reason: 'closed', cause: expect.any(SetupError) },
    message: expect.stringMatching(
      /^Replicas 0, 2 closed the connection: this replica belongs to the group .*: window is 8 here, and 4 at a client: write the same into all files\. Replica 1: .*ECONNREFUSED/,
    ),
  });
});

test('a client of a group that has lost more than f directories is told what the replicas wait for', async () => {
  const group = await served();
  await group.client().request(get);
  for (const number of [1, 2]) await group.stop(number);
  for (const number of [1, 2]) await group.forget(number);
  for (const number of [1, 2]) await group.start(number);
  client = new ClusterClient(group.cluster);
  const request = (deadline: number) => client?.request(get, { deadline }) ?? Promise.reject();
  const { message } = await errorNaming('Normal replicas: 0 of 3', request);
  expect(message).toContain(
    'Replica 2 recovers what it has lost from the others, of which a quorum must be normal. Normal replicas: 0 of 3, and requests need 2.',
  );
});

test('a client whose name for a replica leads to another one is served by the others, and tries that name again', async () => {
  const group = await served();
  const [one, two, three] = group.cluster.addresses;
  if (one === undefined || two === undefined || three === undefined) throw new Error('There are three.');
  let port = two.port;
  relay = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [[near, far] as const, [far, near] as const])
      from
        .on('error', () => undefined)
        .on('close', () => to.destroy())
        .pipe(to);
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  if (address === null || typeof address === 'string') throw new Error('The relay listens on no port.');
  const named = { ...one, port: address.port };
  client = new ClusterClient({ ...group.cluster, addresses: [named, { ...two, port: 1 }, three] });
  expect(await client.request(get, { deadline: generousTimeout })).toBe(null);
  const told = 'it closed the connection: replica 1 answers at the address of replica 0';
  await until(() => group.rejections.filter((reason) => reason === told).length >= 3, 'it is tried again');
  expect(await client.request(get, { deadline: generousTimeout })).toBe(null);
  port = one.port;
  await group.stop(2);
  expect(await client.request(get, { deadline: generousTimeout })).toBe(null);
});

test('a client that finds another replica at each address is told at once where they are', async () => {
  const group = await served();
  const addresses = [2, 0, 1].flatMap((number) => group.cluster.addresses[number] ?? []);
  client = new ClusterClient({ ...group.cluster, addresses });
  const error = await client.request(get, { deadline: generousTimeout }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    ...{ name: 'NotExecutedError', reason: 'closed', cause: expect.any(SetupError) },
    message: expect.stringContaining('Replica 1 is not at its address, where replica 0 answers'),
  });
});
