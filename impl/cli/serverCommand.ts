import { destination, type Logger, levels, pino } from 'pino';
import type { Address } from '../node/cluster/address.ts';
import { formatAddress, parseAddress } from '../node/cluster/address.ts';
import { type Cluster, configurationOf, groupOf } from '../node/cluster/cluster.ts';
import { Server, type ServerObserver } from '../node/server.ts';
import { openDurable } from '../node/storage/durable/durableStorage.ts';
import { MemoryDisk } from '../node/storage/memoryDisk.ts';
import type { StableStorage } from '../node/storage/stableStorage.ts';
import { openMetricsEndpoint } from '../node/telemetry/metricsEndpoint.ts';
import { isPrimary } from '../replica/data/replica.ts';
import { keyValueService } from '../service/keyValue.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { wholeGiven } from './given.ts';

const logLevels = [...Object.values(levels.labels), 'silent'];

/** `viewstamped server`: one replica of the key-value store, until it is told to stop. */
export function server(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped server',
      summary:
        'Runs one replica of a replicated key-value store, until SIGINT or SIGTERM.\n' +
        'Without --data it keeps nothing on disk: after a crash it fetches everything from the others, of whom more than half\n' +
        'must be there. All servers of a cluster are told the same, but for --index and --data.\n' +
        'Exit codes: 0 stopped as it was told, 1 it cannot go on, 2 usage.',
      options: {
        ...clusterOptions,
        index: { type: 'string', short: 'i', value: 'N', help: 'which of the replicas this is, from 0' },
        data: { type: 'string', short: 'd', value: 'DIR', help: 'where it keeps what must not be lost' },
        metrics: {
          type: 'string',
          value: 'HOST:PORT',
          help: 'where to answer /metrics, for Prometheus, and /healthz',
        },
        log: {
          type: 'string',
          value: 'LEVEL',
          default: 'info',
          help: `what to log: ${logLevels.join(', ')}`,
        },
      },
    },
    async ({ values }) => {
      if (values.index === undefined)
        throw new UsageError('It needs to know which of the replicas it is: --index N.');
      const replicaNumber = wholeGiven('--index', values.index, 0, 30);
      if (!logLevels.includes(values.log))
        throw new UsageError(`--log must be one of ${logLevels.join(', ')}.`);
      const given = clusterFromOptions(values, `replica-${replicaNumber}`);
      // Whoever keeps nothing can promise nothing but what the others hold.
      const cluster: Cluster = values.data === undefined ? { ...given, mode: 'diskless' } : given;
      const address = cluster.addresses[replicaNumber];
      if (address === undefined)
        throw new UsageError(
          `--index ${replicaNumber} is none of the ${cluster.addresses.length} replicas, counted from 0.`,
        );
      const log = pino(
        { level: values.log, base: { replica: replicaNumber } },
        destination({ dest: 2, sync: true }),
      );
      const watchers = values.metrics === undefined ? undefined : parseAddress(values.metrics);
      if (values.metrics !== undefined && watchers === undefined)
        throw new UsageError(`--metrics must be HOST:PORT, and '${values.metrics}' is not.`);
      return serve(cluster, replicaNumber, values.data, watchers, log);
    },
    argv,
  );
}

async function serve(
  cluster: Cluster,
  replicaNumber: number,
  data: string | undefined,
  watchers: Address | undefined,
  log: Logger,
): Promise<number> {
  let server: Server | undefined;
  const endpoint =
    watchers && (await openMetricsEndpoint(watchers, () => server?.status().status ?? 'opening'));
  if (endpoint !== undefined)
    log.info({ address: formatAddress(endpoint.address) }, 'answering /metrics and /healthz');
  try {
    const storage = await storageIn(data, cluster, replicaNumber);
    for (const finding of storage.findings) log.warn(finding);
    const observer = logging(log);
    server = await Server.open({ cluster, replicaNumber, service: keyValueService, storage, observer });
    const own = cluster.addresses[replicaNumber];
    const { addresses, mode } = cluster;
    log.info({ address: own && formatAddress(own), size: addresses.length, mode }, 'listening');
    return await untilTold(server, log);
  } finally {
    await server?.stop();
    await endpoint?.close();
    if (server !== undefined) log.info('stopped');
  }
}

/** Waits for a signal, or until the replica can do nothing more. Yields the exit code. */
async function untilTold(server: Server, log: Logger): Promise<number> {
  const signal = new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve(name));
  });
  try {
    log.info(`stopping on ${await Promise.race([signal, server.failure])}`);
    return 0;
  } catch (error) {
    log.fatal(error, 'this replica cannot go on');
    return 1;
  }
}

async function storageIn(
  data: string | undefined,
  cluster: Cluster,
  replicaNumber: number,
): Promise<StableStorage> {
  if (data === undefined) return new MemoryDisk().open();
  const configuration = configurationOf(cluster, keyValueService);
  return openDurable(data, { group: groupOf(configuration), replica: replicaNumber }, configuration);
}

/** Logs what an operator wants to know: who leads, in which view, who is connected, and what is wrong. */
function logging(log: Logger): Partial<ServerObserver> {
  let last = '';
  return {
    onStep: (replica, _, outputs) => {
      const { status, viewNumber, log: entries, commitNumber } = replica;
      const role = isPrimary(replica) ? 'primary' : 'backup';
      const present = `${status} ${viewNumber}`;
      if (present !== last)
        log.info({ status, view: viewNumber, role, op: entries.length, commit: commitNumber }, words[status]);
      last = present;
      for (const output of outputs) {
        if (output.type === 'alarm') log.error(output.reason);
        if (output.type === 'refused') log.warn(`refused: ${output.reason}`);
        if (output.type === 'dropped') log.trace(output.reason);
        if (output.type === 'restored') log.info({ op: output.opNumber }, 'a checkpoint was taken over');
      }
    },
    onStarted: (how) => log.info(beginnings[how]),
    onWaiting: (missing) => log.debug({ missing }, 'waiting for the others'),
    onConnection: (state, to, reason) => log.info({ to, ...(reason === '' ? {} : { reason }) }, state),
    onRejected: (from, reason) => log.warn({ from, reason }, 'refused'),
    onUnsent: (to, reason) => log.debug({ to, reason }, 'not sent'),
  };
}

const words = {
  normal: 'ready',
  'view-change': 'changing the view',
  'state-transfer': 'fetching what is missing',
  recovering: 'recovering',
} as const;

const beginnings = {
  start: 'begins anew, together with the group',
  resume: 'goes on where it stopped',
  recover: 'has no memory of its own, and asks the others',
} as const;
