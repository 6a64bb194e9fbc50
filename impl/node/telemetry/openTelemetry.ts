import {
  type Counter,
  type Histogram,
  type Meter,
  type ObservableResult,
  type Span,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api';
import { listen } from './channels.ts';
import { Gauges, gaugeDescriptions, gaugeNames } from './gauges.ts';
import { metricListeners, metrics } from './metrics.ts';
import type { EventContext } from './telemetryEvents.ts';
import { contextIn } from './traceContext.ts';

/** The destinations of traces and of metrics. Either may be left out. */
export interface Instruments {
  /** Receives spans. */
  readonly tracer?: Tracer;
  /** Receives metrics. */
  readonly meter?: Meter;
}

/**
 * Exports the events of this process's replicas to OpenTelemetry from now on: a span for each leadership of a view, a span
 * for each operation from its REQUEST at the primary to its execution there, and metrics. The span of an operation is a child of the
 * one that was active where its client called `request`, in another process too. Yields a function that ends it.
 */
export function instrument({ tracer, meter }: Instruments): () => void {
  const ends = [tracer && tracing(tracer), meter && metering(meter)];
  return () => {
    for (const end of ends) end?.();
  };
}

function tracing(tracer: Tracer): () => void {
  const spans = new Map<string, Span>();
  const begin = (
    key: string,
    name: string,
    attributes: Record<string, string | number>,
    traceparent?: string,
  ): void => {
    spans.set(key, tracer.startSpan(name, { attributes }, contextIn(traceparent)));
  };
  const end = (key: string, attributes: Record<string, string>, isError: boolean): void => {
    const span = spans.get(key);
    spans.delete(key);
    if (isError) span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.setAttributes(attributes).end();
  };
  const unlisten = listen({
    'leadership-start': (event) => begin(`${event.run} leads`, 'viewstamped.leadership', named(event)),
    'leadership-stop': (event) => {
      const { run, reason } = event;
      end(`${run} leads`, { 'viewstamped.reason': reason }, reason === 'failed');
    },
    'request-start': (event) => {
      const { run, at, clientId, requestNumber, traceparent } = event;
      const client = { 'viewstamped.client': clientId, 'viewstamped.request': requestNumber };
      const attributes = { ...named(event), ...client, 'viewstamped.op': at };
      begin(`${run} ${at}`, 'viewstamped.operation', attributes, traceparent);
    },
    'request-stop': ({ run, at, outcome }) =>
      end(`${run} ${at}`, { 'viewstamped.outcome': outcome }, outcome === 'unknown'),
  });
  return () => {
    unlisten();
    // Open spans are ended, so that they are not shown as running for ever.
    for (const span of spans.values()) span.end();
  };
}

function named({ replicaNumber, viewNumber }: EventContext): Record<string, number> {
  return { 'viewstamped.replica': replicaNumber, 'viewstamped.view': viewNumber };
}

function metering(meter: Meter): () => void {
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  for (const { kind, name, help: description } of metrics)
    if (kind === 'counter') counters.set(name, meter.createCounter(name, { description }));
    else histograms.set(name, meter.createHistogram(name, { description, unit: 's' }));
  const followed = new Gauges();
  const gauges = gaugeNames.map((level) => {
    const { name, help: description } = gaugeDescriptions[level];
    const gauge = meter.createObservableGauge(name, { description });
    const observe = (result: ObservableResult): void => {
      for (const { labels, value } of followed.read(level)) result.observe(value, labels);
    };
    gauge.addCallback(observe);
    return () => gauge.removeCallback(observe);
  });
  const feed = metricListeners(({ name }, labels, amount) => {
    counters.get(name)?.add(amount, labels);
    histograms.get(name)?.record(amount, labels);
  });
  const ends = [...gauges, listen(feed), listen(followed.listeners)];
  return () => {
    for (const end of ends) end();
  };
}
