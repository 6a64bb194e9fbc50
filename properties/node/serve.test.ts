import { cp, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keyValueService, type Service } from '../../impl/index.ts';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { NotExecutedError } from '../../impl/node/client/errors.ts';
import { clusterOf } from '../../impl/node/cluster/cluster.ts';
import { readCluster } from '../../impl/node/cluster/clusterFile.ts';
import { SetupError } from '../../impl/node/cluster/setupError.ts';
import { binaryCodec } from '../../impl/node/encoding/codec.ts';
import { type ServedReplica, type ServeObserver, serve } from '../../impl/node/serve.ts';
import { Server } from '../../impl/node/server.ts';
import { MemoryDisk } from '../../impl/node/storage/memoryDisk.ts';
import { StorageError } from '../../impl/node/storage/stableStorage.ts';
import { freePorts } from '../../models/processes/tcp/freePorts.ts';
import { generousTimeout, until } from './servedGroup.ts';

const counter: Service<number> = {
  initial: 0,
  validate: (operation) => (typeof operation === 'number' ? undefined : 'write a number'),
  apply: (count, operation) => ({ state: count + Number(operation), result: count + Number(operation) }),
};

let folder = '';
const replicas = new Map<number, ServedReplica>();
const clients: { close(): void }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'viewstamped-'));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const index of [...replicas.keys()]) await stop(index);
  await rm(folder, { recursive: true });
});

/** The file of a cluster on free ports. */
async function clusterFile(size: number): Promise<string> {
  const file = join(folder, 'cluster.yaml');
  const ports = await freePorts(size);
  const addresses = ports.map((port) => `  - 127.0.0.1:${port}\n`).join('');
  await writeFile(file, `replicas_addresses:\n${addresses}tick_milliseconds: 20\n`);
  return file;
}

const directoryOf = (index: number): string => join(folder, `data-${index}`);

async function start(
  config: string,
  index: number,
  observer: Partial<ServeObserver> = {},
  data = directoryOf(index),
): Promise<void> {
  replicas.set(index, await serve({ service: counter, config, index, data, observer }));
}

async function stop(index: number): Promise<void> {
  await replicas.get(index)?.stop();
  replicas.delete(index);
}

function clientOf(config: string) {
  const client = new ClusterClient(readCluster(config, 'client'), {
    service: counter,
    deadline: generousTimeout,
  });
  clients.push(client);
  return client;
}

describe('serve', () => {
  test('serves a replica of a service, and again from its directory', async () => {
    const config = await clusterFile(1);
    await start(config, 0);
    expect(await clientOf(config).request(40)).toBe(40);
    await stop(0);
    await start(config, 0);
    expect(await clientOf(config).request(2)).toBe(42);
    expect(replicas.get(0)?.status()).toMatchObject({ mode: 'durable', incarnation: 2 });
  });

  test('runs a replica of a diskless group without a directory', async () => {
    const config = await clusterFile(1);
    const cluster = { ...readCluster(config, 'replica-0'), mode: 'diskless' } as const;
    replicas.set(0, await serve({ service: counter, config: cluster, index: 0 }));
    expect(await clientOf(config).request(1)).toBe(1);
    expect(replicas.get(0)?.status()).toMatchObject({ mode: 'diskless' });
  });

  test('moves an older copy of a directory aside where it is, though a link leads there, and recovers from the others', async () => {
    const config = await clusterFile(3);
    await Promise.all([0, 1, 2].map((index) => start(config, index)));
    const client = clientOf(config);
    expect(await client.request(1)).toBe(1);
    const isNormal = (): boolean => replicas.get(2)?.status()?.status === 'normal';
    await stop(2);
    await cp(directoryOf(2), join(folder, 'copy'), { recursive: true });
    await start(config, 2);
    const before = replicas.get(2)?.status()?.commitNumber ?? 0;
    await client.request(1);
    // The primary sends it a commit-number only once it has noted this start.
    await until(() => (replicas.get(2)?.status()?.commitNumber ?? 0) > before, 'replica 2 takes part again');
    await stop(2);
    await rm(directoryOf(2), { recursive: true });
    await cp(join(folder, 'copy'), directoryOf(2), { recursive: true });

    const moved: string[] = [];
    const access = { requestsPerSecondPerName: 7 };
    const reloaded: unknown[] = [];
    const open = Server.open.bind(Server);
    const opening = vi.spyOn(Server, 'open').mockImplementation(async (options) => {
      const server = await open(options);
      vi.spyOn(server, 'reload').mockImplementation((cluster) => reloaded.push(cluster.access));
      if (moved.length > 0) replicas.get(2)?.reload({ tls: undefined, access });
      return server;
    });
    const link = join(folder, 'link');
    await symlink(directoryOf(2), link);
    await start(config, 2, { onSetAside: (aside) => moved.push(aside) }, `${link}/`);
    await until(() => moved.length > 0, 'the directory is moved aside');
    await until(isNormal, 'replica 2 has recovered');
    opening.mockRestore();
    expect(reloaded, 'it follows what is reloaded while it opens').toEqual([access]);
    const wrong = { ca: '', cert: 'none', key: '' };
    expect(() => replicas.get(2)?.reload({ tls: wrong, access })).toThrow(Error);
    expect(moved).toEqual([`${await realpath(directoryOf(2))}.outdated-1`]);
    expect(await readdir(link)).toContain('superblock');
    expect(await client.request(1)).toBe(3);
  });

  test.each([
    [{ index: 1 }, 'There is no replica 1 among the 1 of the cluster, counted from 0.'],
    [{ index: -1 }, 'There is no replica -1 among the 1 of the cluster, counted from 0.'],
    [{ config: 'missing.yaml' }, 'Cannot read missing.yaml'],
    [{ config: undefined }, "serve: config is missing: give the path of the cluster's file"],
    [{ config: Object(7) }, 'config is no cluster: cluster.addresses: '],
    [
      { config: clusterOf([{ host: '::1', port: Object('1') }]) },
      'config is no cluster: cluster.addresses[0].port: ',
    ],
    [
      { config: Object({ addresses: [{ host: 'a', port: 1 }] }) },
      'clusterOf(addresses, settings) gives every field',
    ],
    [
      { config: clusterOf([0, 1, 0].map((last) => ({ host: `Host-${last}`, port: 7 }))) },
      'replicas 0 and 2 both have the address Host-0:7: give each its own',
    ],
    [{}, 'The mode of the cluster is durable, and no directory is given'],
    [{ index: Object('0') }, 'index is an object of String: give the number of this replica'],
    [{ data: Object(7) }, 'data is an object of Number: give the path of a directory'],
    [{ service: Object.assign(Object.create(null)) }, 'service is no service: its initial is missing'],
    [{ service: { ...counter, validate: Object(1) } }, 'service is no service: its validate is no function'],
    [
      { service: { ...counter, snapshot: keyValueService.snapshot } },
      'has both snapshot and restore, or neither',
    ],
  ])('rejects %o', async (wrong, message) => {
    const options = { service: counter, config: await clusterFile(1), index: 0, ...wrong };
    const error: unknown = await serve(options).catch((problem: unknown) => problem);
    expect(error).toBeInstanceOf(SetupError);
    expect(String(error)).toContain(message);
  });

  test('says how it is called when it is given nothing', async () => {
    await expect(Reflect.apply(serve, undefined, [])).rejects.toThrow(
      'serve: it was given undefined. Write serve({ service, config, index, data }).',
    );
  });
});

describe('a client of a cluster', () => {
  const cluster = clusterOf([{ host: '127.0.0.1', port: 1 }]);

  test.each<[string, readonly unknown[], string]>([
    ['nothing', [], "it is undefined. Make one with readCluster(file, 'client') or clusterOf(addresses)"],
    ['the path of a file', ['cluster.yaml'], 'This is no cluster: it is a string. Make one with readCluster'],
    ['no service', [cluster, { service: 7 }], 'no service: it is a number. A service has initial'],
    ['a deadline that is none', [cluster, { deadline: '1 s' }], 'deadline is 1 s: give milliseconds'],
  ])('says what is wrong with its arguments: %s', (_, args, words) => {
    expect(() => Reflect.construct(ClusterClient, args)).toThrow(words);
  });

  test('rejects what is no JSON, and a deadline that is none, before it sends anything', async () => {
    const client = new ClusterClient({ ...cluster, codec: binaryCodec });
    clients.push(client);
    const list: unknown[] = [];
    list.push(list);
    const request = (...args: readonly unknown[]): unknown => Reflect.apply(client.request, client, args);
    await expect(request(list)).rejects.toThrow('operation[0] contains itself');
    await expect(request(list)).rejects.toBeInstanceOf(NotExecutedError);
    await expect(request(1, { deadline: Number.NaN })).rejects.toThrow('deadline is NaN: give milliseconds');
  });
});

test('a server ends when its storage fails, though it writes nothing then', async () => {
  const storage = new MemoryDisk().open();
  const addresses = (await freePorts(1)).map((port) => ({ host: '127.0.0.1', port }));
  const server = await Server.open({
    cluster: clusterOf(addresses),
    replicaNumber: 0,
    service: keyValueService,
    storage,
  });
  const ended = expect(server.failure).rejects.toThrow('the disk is gone');
  storage.onFailure(new StorageError('unusable', 'the disk is gone'));
  await ended;
  await server.stop();
});
