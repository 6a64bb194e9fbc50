import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { instrument } from '../node/telemetry/openTelemetry.ts';
import { UsageError } from '../terminal/arguments.ts';

/** The packages that the export takes. They are no dependencies of this one. */
const packages = [
  '@opentelemetry/exporter-metrics-otlp-http',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-trace-base',
] as const;

/** Milliseconds after which an export is given up. */
const exportTimeout = 5_000;

/**
 * Exports the events of this process's replicas as metrics and spans from now on, by OTLP over HTTP, to `/v1/metrics` and
 * `/v1/traces` below the URL. Yields a function that exports what is left, and ends it. Throws a UsageError if the URL is none, or
 * a package that this takes is not installed.
 */
export async function exportOtlp(text: string, replica: number, log: Logger): Promise<() => Promise<void>> {
  const base = urlIn(text);
  const [metricsExport, traceExport, { resourceFromAttributes }, metrics, traces] = await loaded();
  const resource = resourceFromAttributes({
    'service.name': 'viewstamped',
    'service.instance.id': `replica-${replica}`,
  });
  const to = (signal: string) => ({ url: `${base}/v1/${signal}`, timeoutMillis: exportTimeout });
  const meters = new metrics.MeterProvider({
    resource,
    readers: [
      new metrics.PeriodicExportingMetricReader({
        exporter: new metricsExport.OTLPMetricExporter(to('metrics')),
      }),
    ],
  });
  const tracers = new traces.BasicTracerProvider({
    resource,
    spanProcessors: [new traces.BatchSpanProcessor(new traceExport.OTLPTraceExporter(to('traces')))],
  });
  diag.setLogger(exportLog(log), DiagLogLevel.WARN);
  const end = instrument({
    tracer: tracers.getTracer('viewstamped'),
    meter: meters.getMeter('viewstamped'),
  });
  log.info({ url: base }, 'exporting metrics and spans');
  return async () => {
    end();
    for (const ended of await Promise.allSettled([meters.shutdown(), tracers.shutdown()]))
      if (ended.status === 'rejected')
        log.warn({ reason: String(ended.reason) }, 'the last metrics or spans were not exported');
  };
}

function urlIn(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol))
    throw new UsageError(`--otlp must be a URL such as http://localhost:4318, and '${text}' is not.`);
  return text.replace(/\/+$/, '');
}

async function loaded() {
  try {
    return await Promise.all([
      import('@opentelemetry/exporter-metrics-otlp-http'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/sdk-trace-base'),
    ]);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw error;
    throw new UsageError(`--otlp takes packages that are not installed: npm install ${packages.join(' ')}`);
  }
}

/** Failed exports are repeated by the exporters, and logged. */
function exportLog(log: Logger): DiagLogger {
  const warn = (message: string): void => log.warn({ reason: message }, 'metrics or spans were not exported');
  const ignore = (): void => undefined;
  return { error: warn, warn, info: ignore, debug: ignore, verbose: ignore };
}
