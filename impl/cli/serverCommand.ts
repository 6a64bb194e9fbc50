import { existsSync, statSync } from 'node:fs';
import { destination, type Logger, levels, pino } from 'pino';
import type { Address } from '../node/cluster/address.ts';
import { formatAddress, parseAddress } from '../node/cluster/address.ts';
import type { Cluster } from '../node/cluster/cluster.ts';
import { type ServedReplica, type ServeObserver, type ServeOptions, serve } from '../node/serve.ts';
import { OutdatedError } from '../node/server.ts';
import { openMetricsEndpoint } from '../node/telemetry/metricsEndpoint.ts';
import { TraceFile } from '../node/trace/traceFile.ts';
import { Tracer } from '../node/trace/tracer.ts';
import type { Output } from '../replica/data/outputs.ts';
import type { Replica } from '../replica/data/replica.ts';
import type { Input } from '../replica/step.ts';
import { keyValueService } from '../service/keyValue.ts';
import { runCommand, UsageError } from '../terminal/arguments.ts';
import { wholeNumber } from '../terminal/optionValues.ts';
import { clusterFileIn, clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { loadService } from './loadService.ts';
import { exportOtlp } from './otlp.ts';
import { logObserver } from './serverLog.ts';
import { watchCluster } from './watchedCluster.ts';

const logLevels = [...Object.values(levels.labels), 'silent'];

/** `viewstamped server`: runs one replica of a service until a signal stops it. */
export function server(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped server',
      summary:
        'Runs one replica of a service, by default a key-value store, until SIGINT or SIGTERM.\n' +
        'A group of mode: diskless, or of --members, needs no --data: then it stores nothing, and after a crash its servers fetch their\n' +
        'state from the others, of which a quorum must be running. All servers take the same options, except --index and --data.\n' +
        'Exit codes: 0 stopped by a signal, 1 the replica failed, 2 usage.',
      options: {
        ...clusterOptions,
        index: { type: 'string', short: 'i', value: 'N', help: 'the number of this replica, from 0' },
        data: { type: 'string', short: 'd', value: 'DIR', help: 'the directory for durable data' },
        service: {
          type: 'string',
          value: 'FILE',
          help: 'a module that exports the service, as its default or as service (default: the key-value store)',
        },
        'check-service': {
          type: 'boolean',
          help: 'hold the service to its contract at every operation: for tests, and on all servers alike, as it is slow',
        },
        metrics: {
          type: 'string',
          value: 'HOST:PORT',
          help: 'the address that serves /metrics, for Prometheus, and /healthz',
        },
        otlp: {
          type: 'string',
          value: 'URL',
          help: 'export metrics and spans to this collector, by OTLP over HTTP (takes packages of OpenTelemetry)',
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
      const index = wholeNumber('--index', values.index, { min: 0, max: 30 });
      if (!logLevels.includes(values.log))
        throw new UsageError(`--log must be one of ${logLevels.join(', ')}.`);
      const described = clusterFromOptions(values, `replica-${index}`);
      // Addresses alone name no mode.
      const config: Cluster =
        values.members !== undefined && values.data === undefined
          ? { ...described, mode: 'diskless' }
          : described;
      if (config.addresses[index] === undefined)
        throw new UsageError(
          `--index ${index} is none of the ${config.addresses.length} replicas, counted from 0.`,
        );
      if (values.data !== undefined && existsSync(values.data) && !statSync(values.data).isDirectory())
        throw new UsageError(`--data: ${values.data} is a file: name a directory.`);
      const log = pino({ level: values.log, base: { replica: index } }, destination({ dest: 2, sync: true }));
      const metricsAddress = values.metrics === undefined ? undefined : parseAddress(values.metrics);
      if (values.metrics !== undefined && metricsAddress === undefined)
        throw new UsageError(`--metrics must be HOST:PORT, and '${values.metrics}' is not.`);
      const service =
        values.service === undefined
          ? keyValueService
          : (await loadService(values.service, '--service')).service;
      const { data, trace, 'check-service': checkService } = values;
      const file = clusterFileIn(values);
      const endOtlp = values.otlp === undefined ? undefined : await exportOtlp(values.otlp, index, log);
      try {
        return await run({ service, checkService, config, file, index, data, metricsAddress, trace, log });
      } finally {
        await endOtlp?.();
      }
    },
    argv,
  );
}

/** What a server is run with. */
interface ServerSettings extends Pick<ServeOptions, 'service' | 'checkService' | 'index' | 'data'> {
  readonly config: Cluster;
  /** The file that describes the cluster, if one does. */
  readonly file: string | undefined;
  readonly metricsAddress: Address | undefined;
  /** The file to which its steps are traced. */
  readonly trace: string | undefined;
  readonly log: Logger;
}

/** Serves until a signal. Yields the exit code. */
async function run({ file, metricsAddress, trace, log, ...settings }: ServerSettings): Promise<number> {
  let replica: ServedReplica | undefined;
  let code = 1;
  let endWatch: (() => void) | undefined;
  const traceFile = trace === undefined ? undefined : new TraceFile(trace);
  const tracing = traceFile && new Tracing(traceFile);
  const endpoint =
    metricsAddress &&
    (await openMetricsEndpoint(
      metricsAddress,
      () => replica?.status()?.status ?? 'opening',
      settings.config,
    ));
  if (endpoint !== undefined)
    log.info({ address: formatAddress(endpoint.address) }, 'serving /metrics and /healthz');
  // A signal during the start stops the replica too, once it has started.
  const signal = new Promise<string>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => resolve(name));
  });
  try {
    replica = await serve({ ...settings, observer: observing(log, settings.index, tracing) });
    endWatch = file === undefined ? undefined : watch(file, settings, log, [replica, endpoint]);
    code = await untilStopped(replica, signal, log);
    return code;
  } finally {
    endWatch?.();
    await replica?.stop();
    await endpoint?.close();
    // A trace that could not be written to the end says no more.
    if (code === 0) tracing?.stop();
    traceFile?.close();
    if (replica !== undefined) log.info('stopped');
  }
}

/** Has the server and the endpoint follow the certificates and the rules about clients in the file. */
function watch(
  file: string,
  { config, index }: Pick<ServerSettings, 'config' | 'index'>,
  log: Logger,
  parts: readonly (Pick<ServedReplica, 'reload'> | undefined)[],
): () => void {
  return watchCluster(file, `replica-${index}`, config, {
    onChange: (cluster) => {
      for (const part of parts) part?.reload(cluster);
      log.info('follows the new certificates, roles and limits');
    },
    onProblem: (reason) => log.error(`keeps the certificates, roles and limits that it has: ${reason}`),
  });
}

/** Traces one start of the replica after the other. */
class Tracing {
  private readonly file: TraceFile;
  private tracer: Tracer | undefined;

  constructor(file: TraceFile) {
    this.file = file;
  }

  step(replica: Replica, input: Input, outputs: readonly Output[]): void {
    if (input.type === 'start' || input.type === 'restart')
      this.tracer = new Tracer((line) => this.file.write(line));
    this.tracer?.step(replica, input, outputs);
  }

  stop(): void {
    this.tracer?.stop();
  }
}

/** Logs, and traces if that is asked for. */
function observing(log: Logger, index: number, tracing: Tracing | undefined): Partial<ServeObserver> {
  const observer = logObserver(log, () => performance.now());
  return {
    ...observer,
    onStep: (...step) => {
      tracing?.step(...step);
      observer.onStep?.(...step);
    },
    onFinding: (finding) => log.warn(finding),
    onListening: ({ addresses, mode }) => {
      const own = addresses[index];
      log.info({ address: own && formatAddress(own), size: addresses.length, mode }, 'listening');
    },
    onSetAside: (aside, reason) => {
      log.error(reason);
      log.warn(
        `the directory was moved to ${aside}, and may be deleted once the group is well: begins with an empty one`,
      );
    },
  };
}

/** Waits for a signal, or for the replica's failure. Yields the exit code. */
async function untilStopped(replica: ServedReplica, signal: Promise<string>, log: Logger): Promise<number> {
  try {
    log.info(`stopping on ${await Promise.race([signal, replica.failure])}`);
    return 0;
  } catch (error) {
    if (error instanceof OutdatedError) log.error(error.message);
    else log.fatal(error, 'this replica failed');
    return 1;
  }
}
