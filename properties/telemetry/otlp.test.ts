import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { clusterOf } from '../../impl/node/cluster/cluster.ts';
import { freePorts } from '../../models/processes/tcp/freePorts.ts';
import { generousTimeout, until } from '../node/servedGroup.ts';
import { root } from '../root.ts';

/** What a collector was sent, by the path. */
const received = new Map<string, string[]>();
const collector = createServer((request, response) => {
  let text = '';
  request.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  request.once('end', () => {
    received.set(request.url ?? '', [...(received.get(request.url ?? '') ?? []), text]);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
});
let url = '';

beforeEach(async () => {
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const address = collector.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(() => {
  context.disable();
  collector.close();
});

const span = z.object({ name: z.string(), traceId: z.string(), parentSpanId: z.string().optional() });
const spans = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});
const metrics = z.object({
  resourceMetrics: z.array(
    z.object({ scopeMetrics: z.array(z.object({ metrics: z.array(z.object({ name: z.string() })) })) }),
  ),
});

/** A server of a group of one that exports to this place, in a process of its own. */
function serving(port: number, otlp: string) {
  const command = ['server', '--members', `127.0.0.1:${port}`, '--index', '0', '--otlp', otlp];
  const child = spawn(process.execPath, ['impl/cli/viewstamped.mjs', ...command], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const code = new Promise((resolve) => child.once('close', resolve));
  return { code, log: () => log, stop: () => child.kill('SIGTERM') };
}

test('viewstamped server --otlp exports metrics, and the span of an operation as a child of its caller', async () => {
  const [port = 0] = await freePorts(1);
  const server = serving(port, `${url}/`);
  const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
  const client = new ClusterClient(clusterOf([{ host: '127.0.0.1', port }], { mode: 'diskless' }));
  try {
    await until(() => server.log().includes('"msg":"ready"'), 'the replica is ready');
    await context.with(trace.setSpanContext(ROOT_CONTEXT, caller), () =>
      client.request({ type: 'size' }, { deadline: generousTimeout }),
    );
  } finally {
    client.close();
    server.stop();
  }
  expect(await server.code).toBe(0);
  const sent = (received.get('/v1/traces') ?? [])
    .flatMap((text) => spans.parse(JSON.parse(text)).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  expect(sent).toContainEqual({
    name: 'viewstamped.operation',
    traceId: caller.traceId,
    parentSpanId: caller.spanId,
  });
  expect(sent.map(({ name }) => name)).toContain('viewstamped.leadership');
  const names = (received.get('/v1/metrics') ?? [])
    .flatMap((text) => metrics.parse(JSON.parse(text)).resourceMetrics)
    .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics.map(({ name }) => name)));
  expect(names).toContain('viewstamped.entries.committed');
});

test('viewstamped server --otlp serves without a collector, and says that nothing is exported', async () => {
  const [port = 0] = await freePorts(1);
  const server = serving(port, 'http://127.0.0.1:1');
  await until(() => server.log().includes('"msg":"ready"'), 'the replica is ready');
  server.stop();
  expect(await server.code).toBe(0);
  expect(server.log()).toMatch(/were not exported/);
});

test('viewstamped server --otlp rejects what is no URL', async () => {
  const server = serving(1, 'localhost:4318');
  expect(await server.code).toBe(2);
  expect(server.log()).toContain(
    "--otlp must be a URL such as http://localhost:4318, and 'localhost:4318' is not.",
  );
});
