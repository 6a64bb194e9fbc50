import { existsSync, statSync } from 'node:fs';
import { destination, type Logger, levels, pino } from 'pino';
import type { Address } from '../node/cluster/address.ts';
import { formatAddress, parseAddress } from '../node/cluster/address.ts';
import { type Cluster, configurationOf, groupOf } from '../node/cluster/cluster.ts';
import { OutdatedError, Server, type ServerObserver } from '../node/server.ts';
import { setAside } from '../node/storage/durable/directory.ts';
import { openDurable } from '../node/storage/durable/durableStorage.ts';
import { MemoryDisk } from '../node/storage/memoryDisk.ts';
import type { StableStorage } from '../node/storage/stableStorage.ts';
import { openMetricsEndpoint } from '../node/telemetry/metricsEndpoint.ts';
import { TraceFile } from '../node/trace/traceFile.ts';
import { Tracer } from '../node/trace/tracer.ts';
import { keyValueService } from '../service/keyValue.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { wholeNumber } from '../terminal/optionValues.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { logObserver } from './serverLog.ts';

const logLevels = [...Object.values(levels.labels), 'silent'];

/** `viewstamped server`: runs one replica of the key-value store until a signal stops it. */
export function server(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped server',
      summary:
        'Runs one replica of a replicated key-value store, until SIGINT or SIGTERM.\n' +
        'Without --data it stores nothing: after a crash it fetches its state from the others, of which a quorum must be\n' +
        'running. All servers of a cluster take the same options, except --index and --data.\n' +
        'Exit codes: 0 stopped by a signal, 1 the replica failed, 2 usage.',
      options: {
        ...clusterOptions,
        index: { type: 'string', short: 'i', value: 'N', help: 'the number of this replica, from 0' },
        data: { type: 'string', short: 'd', value: 'DIR', help: 'the directory for durable data' },
        metrics: {
          type: 'string',
          value: 'HOST:PORT',
          help: 'the address that serves /metrics, for Prometheus, and /healthz',
        },
        trace: {
          type: 'string',
          value: 'FILE',
          help: 'append a line for each step of the replica to this file, for npm run conform',
        },
        log: {
          type: 'string',
          value: 'LEVEL',
          default: 'info',
          help: `the least level to log: ${logLevels.join(', ')}`,
        },
      },
    },
    async ({ values }) => {
      if (values.index === undefined) throw new UsageError('It needs the number of this replica: --index N.');
      const replicaNumber = wholeNumber('--index', values.index, { min: 0, max: 30 });
      if (!logLevels.includes(values.log))
        throw new UsageError(`--log must be one of ${logLevels.join(', ')}.`);
      const fromOptions = clusterFromOptions(values, `replica-${replicaNumber}`);
      // Without storage the replica can promise only what the others hold.
      const cluster: Cluster = values.data === undefined ? { ...fromOptions, mode: 'diskless' } : fromOptions;
      const address = cluster.addresses[replicaNumber];
      if (address === undefined)
        throw new UsageError(
          `--index ${replicaNumber} is none of the ${cluster.addresses.length} replicas, counted from 0.`,
        );
      if (values.data !== undefined && existsSync(values.data) && !statSync(values.data).isDirectory())
        throw new UsageError(`--data: ${values.data} is a file: name a directory.`);
      const log = pino(
        { level: values.log, base: { replica: replicaNumber } },
        destination({ dest: 2, sync: true }),
      );
      const metricsAddress = values.metrics === undefined ? undefined : parseAddress(values.metrics);
      if (values.metrics !== undefined && metricsAddress === undefined)
        throw new UsageError(`--metrics must be HOST:PORT, and '${values.metrics}' is not.`);
      return serveAgain({
        cluster,
        replicaNumber,
        data: values.data,
        metricsAddress,
        trace: values.trace,
        log,
      });
    },
    argv,
  );
}

/** What a server is run with. */
interface ServerSettings {
  readonly cluster: Cluster;
  readonly replicaNumber: number;
  readonly data: string | undefined;
  readonly metricsAddress: Address | undefined;
  /** The file to which its steps are traced. */
  readonly trace: string | undefined;
  readonly log: Logger;
}

/** Serves; once more with empty storage if the storage is an older copy, so that the replica recovers from the others. */
async function serveAgain(settings: ServerSettings): Promise<number> {
  const { data, log } = settings;
  for (;;) {
    const ended = await serve(settings);
    if (!(ended instanceof OutdatedError)) return ended;
    if (data === undefined) return 1;
    const aside = await setAside(data);
    log.warn(
      `${data} was moved to ${aside}, and may be deleted once the group is well: begins with empty storage`,
    );
  }
}

async function serve({
  cluster,
  replicaNumber,
  data,
  metricsAddress,
  trace,
  log,
}: ServerSettings): Promise<number | OutdatedError> {
  let server: Server | undefined;
  let isInOrder = false;
  const traceFile = trace === undefined ? undefined : new TraceFile(trace);
  const tracer = traceFile && new Tracer((line) => traceFile.write(line));
  const endpoint =
    metricsAddress && (await openMetricsEndpoint(metricsAddress, () => server?.status().status ?? 'opening'));
  if (endpoint !== undefined)
    log.info({ address: formatAddress(endpoint.address) }, 'serving /metrics and /healthz');
  try {
    const storage = await storageIn(data, cluster, replicaNumber);
    for (const finding of storage.findings) log.warn(finding);
    const observer = observing(log, tracer);
    server = await Server.open({ cluster, replicaNumber, service: keyValueService, storage, observer });
    const own = cluster.addresses[replicaNumber];
    const { addresses, mode } = cluster;
    log.info({ address: own && formatAddress(own), size: addresses.length, mode }, 'listening');
    const ended = await untilStopped(server, log);
    isInOrder = ended === 0;
    return ended;
  } finally {
    await server?.stop();
    await endpoint?.close();
    // A trace that could not be written to the end says no more.
    if (isInOrder) tracer?.stop();
    traceFile?.close();
    if (server !== undefined) log.info('stopped');
  }
}

/** Logs, and traces if that is asked for. */
function observing(log: Logger, tracer: Tracer | undefined): Partial<ServerObserver> {
  const observer = logObserver(log);
  if (tracer === undefined) return observer;
  return {
    ...observer,
    onStep: (...step) => {
      tracer.step(...step);
      observer.onStep?.(...step);
    },
  };
}

/** Waits for a signal, or for the replica's failure. Yields the exit code, or why the replica must begin with empty storage. */
async function untilStopped(server: Server, log: Logger): Promise<number | OutdatedError> {
  const signal = new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve(name));
  });
  try {
    log.info(`stopping on ${await Promise.race([signal, server.failure])}`);
    return 0;
  } catch (error) {
    if (error instanceof OutdatedError) {
      log.error(error.message);
      return error;
    }
    log.fatal(error, 'this replica failed');
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
