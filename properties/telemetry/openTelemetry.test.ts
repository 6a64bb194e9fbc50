import { DataPointType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, expect, test } from 'vitest';
import { hasSubscribers } from '../../impl/node/telemetry/channels.ts';
import { instrument } from '../../impl/node/telemetry/openTelemetry.ts';
import { DirectGroup } from './directGroup.ts';

/** Collects metrics on demand. */
class Reader extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

const exporter = new InMemorySpanExporter();
const tracing = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
let unsubscribe = (): void => undefined;
let group: DirectGroup | undefined;

afterEach(() => {
  unsubscribe();
  group?.stop();
  exporter.reset();
});

/** A client that registers and sends two requests. */
async function work(): Promise<DirectGroup> {
  group = new DirectGroup().start();
  const session = await group.register('client');
  for (const requestNumber of [1, 2])
    await group.ask(0, 'client', session, requestNumber, { type: 'set', key: 'a', value: 'b' });
  return group;
}

test('each operation is a span, and so is each leadership', async () => {
  unsubscribe = instrument({ tracer: tracing.getTracer('test') });
  const group = await work();
  const operations = exporter.getFinishedSpans();
  expect(operations.map(({ name, attributes }) => [name, attributes])).toMatchObject([
    ['viewstamped.operation', { 'viewstamped.op': 1, 'viewstamped.outcome': 'registered' }],
    ['viewstamped.operation', { 'viewstamped.op': 2, 'viewstamped.outcome': 'executed' }],
    ['viewstamped.operation', { 'viewstamped.op': 3, 'viewstamped.request': 2, 'viewstamped.view': 0 }],
  ]);
  group.stop();
  const led = exporter.getFinishedSpans().slice(3);
  expect(led.map(({ name, attributes }) => [name, attributes])).toEqual([
    [
      'viewstamped.leadership',
      { 'viewstamped.replica': 0, 'viewstamped.view': 0, 'viewstamped.reason': 'stopped' },
    ],
  ]);
});

test('all spans are ended when the instrumentation ends', async () => {
  const end = instrument({ tracer: tracing.getTracer('test') });
  await work();
  end();
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toContain('viewstamped.leadership');
  expect(hasSubscribers()).toBe(false);
});

test('metrics agree with what the replicas did', async () => {
  const reader = new Reader();
  const metering = new MeterProvider({ readers: [reader] });
  unsubscribe = instrument({ meter: metering.getMeter('test') });
  const group = await work();
  await group.settle();
  expect(await sums(reader, 'viewstamped.entries.committed')).toEqual({ 0: 3, 1: 3, 2: 3 });
  expect(await sums(reader, 'viewstamped.request.duration')).toEqual({ 0: 3 });
  expect(await sums(reader, 'viewstamped.execution.duration')).toEqual({ 0: 2, 1: 2, 2: 2 });
  expect(await sums(reader, 'viewstamped.view')).toEqual({ 0: 0, 1: 0, 2: 0 });
  expect(await sums(reader, 'viewstamped.op')).toEqual({ 0: 3, 1: 3, 2: 3 });
  expect(await sums(reader, 'viewstamped.commit')).toEqual({ 0: 3, 1: 3, 2: 3 });
  expect(await sums(reader, 'viewstamped.primary')).toEqual({ 0: 1, 1: 0, 2: 0 });
  expect(await sums(reader, 'viewstamped.lag')).toEqual({ 0: 0, 1: 0, 2: 0 });
  await metering.shutdown();
});

/** By replica, the sum of a metric's values; of a histogram, their number. */
async function sums(reader: MetricReader, name: string): Promise<Readonly<Record<string, number>>> {
  const { resourceMetrics } = await reader.collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  const metric = metrics.find(({ descriptor }) => descriptor.name === name);
  const points: readonly (readonly [string, number])[] =
    metric === undefined
      ? []
      : metric.dataPointType === DataPointType.HISTOGRAM ||
          metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM
        ? metric.dataPoints.map(({ attributes, value }) => [String(attributes.replica), value.count])
        : metric.dataPoints.map(({ attributes, value }) => [String(attributes.replica), value]);
  const all: Record<string, number> = {};
  for (const [replica, value] of points) all[replica] = (all[replica] ?? 0) + value;
  return all;
}
