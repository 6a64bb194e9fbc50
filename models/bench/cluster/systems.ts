import { type ChildProcess, spawn } from 'node:child_process';
import { connect as dial } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StorageMode } from '../../../impl/index.ts';
import { jsonCodec } from '../../../impl/node/encoding/codec.ts';
import { ClusterClient, clusterOf } from '../../../impl/node/index.ts';
import { NodeStream } from '../../../impl/node/platform/nodeNetwork.ts';
import { FramedConnection } from '../../../impl/node/tcp/framedConnection.ts';
import { freePorts } from '../../processes/tcp/freePorts.ts';
import { normalServers } from '../../processes/tcp/normalServers.ts';
import type { ClosedLoopClient } from './load.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A system under measurement. */
export interface MeasuredSystem {
  readonly name: string;
  client(): ClosedLoopClient;
  end(): Promise<void>;
}

/** The value that each operation sets. */
const value = 'v'.repeat(100);
const keyOf = (serial: number): string => `key ${serial % 1000}`;

/** A cluster of three of our servers, each a process. */
export async function ownCluster(mode: StorageMode, directory: string): Promise<MeasuredSystem> {
  const ports = await freePorts(3);
  const members = ports.map((port) => `127.0.0.1:${port}`).join();
  const servers = ports.map((_, number) => {
    const data = mode === 'durable' ? ['--data', join(directory, `replica-${number}`)] : [];
    const program = join(root, 'impl/cli/viewstamped.mjs');
    return started([
      program,
      'server',
      '--log',
      'warn',
      '--members',
      members,
      '--index',
      String(number),
      ...data,
    ]);
  });
  const cluster = clusterOf(
    ports.map((port) => ({ host: '127.0.0.1', port })),
    { mode },
  );
  while ((await normalServers(cluster, 1_000)).includes(false))
    await new Promise((resolve) => setTimeout(resolve, 100));
  const clients: ClusterClient[] = [];
  return {
    name: 'cluster',
    client: () => {
      const client = new ClusterClient(cluster, { deadline: 60_000 });
      clients.push(client);
      return (serial) => client.request({ type: 'set', key: keyOf(serial), value });
    },
    end: async () => {
      for (const client of clients) client.close();
      await Promise.all(servers.map(ended));
    },
  };
}

/** The ceiling: three processes that only write and answer. */
export async function bareQuorum(mode: StorageMode, directory: string): Promise<MeasuredSystem> {
  const ports = await freePorts(3);
  const servers: ChildProcess[] = [];
  // The first connects to the others, so it starts last.
  for (const number of [1, 2, 0]) {
    const [own, ...others] = [ports[number], ...ports.filter((_, other) => other !== number)];
    const file = mode === 'durable' ? join(directory, `echo-${number}`) : '';
    const program = join(root, 'models/bench/cluster/echoNode.ts');
    const server = started(['--import', 'tsx', program, [own, ...others].join(), String(number), file]);
    servers.push(server);
    await new Promise((resolve) => server.stdout?.once('data', resolve));
  }
  const connections: FramedConnection[] = [];
  return {
    name: 'bare quorum',
    client: () => {
      const answers = new Map<number, () => void>();
      const socket = dial(ports[0] ?? 0, '127.0.0.1');
      const connection = new FramedConnection(
        new NodeStream(socket),
        jsonCodec,
        { frame: 2 ** 24, queue: 2 ** 24 },
        {
          onMessage: (message) => {
            const id =
              typeof message === 'object' && message !== null && 'id' in message ? Number(message.id) : -1;
            answers.get(id)?.();
            answers.delete(id);
          },
          onBroken: () => undefined,
          onClosed: () => undefined,
        },
      );
      connections.push(connection);
      return (id) =>
        new Promise<void>((resolve) => {
          answers.set(id, resolve);
          connection.send({ id, text: `${keyOf(id)}${value}` });
        });
    },
    end: async () => {
      for (const connection of connections) connection.destroy('done');
      await Promise.all(servers.map(ended));
    },
  };
}

function started(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
