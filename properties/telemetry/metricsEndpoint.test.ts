import { spawn } from 'node:child_process';
import { get } from 'node:https';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SetupError } from '../../impl/node/cluster/setupError.ts';
import type { TlsCredentials } from '../../impl/node/cluster/tlsCredentials.ts';
import { hasSubscribers } from '../../impl/node/telemetry/channels.ts';
import { type MetricsEndpoint, openMetricsEndpoint } from '../../impl/node/telemetry/metricsEndpoint.ts';
import { formatLabels } from '../../impl/node/telemetry/prometheus.ts';
import { freePorts } from '../../models/processes/tcp/freePorts.ts';
import { until } from '../node/servedGroup.ts';
import { authority, credentialsOf } from '../node/tcp/certificates.ts';
import { DirectGroup } from './directGroup.ts';
import { parsed, type Sample } from './prometheusText.ts';

const awkward = fc.constantFrom('a', '\\', '"', '\n', '}', ',', '=');
const loopback = { host: '127.0.0.1', port: 0 };
let endpoint: MetricsEndpoint | undefined;
let group: DirectGroup | undefined;

afterEach(async () => {
  group?.stop();
  await endpoint?.close();
  endpoint = undefined;
});

async function opened(status = () => 'normal'): Promise<string> {
  endpoint = await openMetricsEndpoint(loopback, status);
  return `http://127.0.0.1:${endpoint.address.port}`;
}

async function samples(place: string): Promise<readonly Sample[]> {
  const response = await fetch(`${place}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return parsed(await response.text());
}

function valuesOf(all: readonly Sample[], name: string): Readonly<Record<string, number>> {
  const found = all.filter((sample) => sample.name === name);
  return Object.fromEntries(found.map(({ labels, value }) => [labels.replica ?? '', value]));
}

describe('/metrics', () => {
  test('agrees with what the replicas did', async () => {
    const place = await opened();
    group = new DirectGroup().start();
    const session = await group.register('client');
    await group.ask(0, 'client', session, 1, { type: 'set', key: 'a', value: 'b' });
    await group.settle();
    const all = await samples(place);
    expect(valuesOf(all, 'viewstamped_entries_committed_total')).toEqual({ 0: 2, 1: 2, 2: 2 });
    expect(valuesOf(all, 'viewstamped_execution_duration_seconds_count')).toEqual({ 0: 1, 1: 1, 2: 1 });
    expect(valuesOf(all, 'viewstamped_commit')).toEqual({ 0: 2, 1: 2, 2: 2 });
    expect(valuesOf(all, 'viewstamped_primary')).toEqual({ 0: 1, 1: 0, 2: 0 });
    const prepares = all.filter(
      ({ name, labels }) => name === 'viewstamped_messages_sent_total' && labels.type === 'PREPARE',
    );
    expect(prepares).toMatchObject([{ labels: { replica: '0' }, value: 4 }]);
    group.stop();
    expect(valuesOf(await samples(place), 'viewstamped_commit')).toEqual({});
  });

  test('has counters of 0 as soon as a replica has started, so that the first event is an increase', async () => {
    const place = await opened();
    group = new DirectGroup().start();
    const all = await samples(place);
    for (const name of ['viewstamped_alarms_total', 'viewstamped_clients_evicted_total'])
      expect(valuesOf(all, name)).toEqual({ 0: 0, 1: 0, 2: 0 });
  });

  test('has histograms whose counts grow with their bounds', async () => {
    const place = await opened();
    group = new DirectGroup({ size: 1 }).start();
    await group.register('client');
    const all = await samples(place);
    const name = 'viewstamped_request_duration_seconds';
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => Number(labels.le?.replace('+Inf', 'Infinity')));
    expect(bounds).toEqual(bounds.toSorted((left, right) => left - right));
    const counts = buckets.map(({ value }) => value);
    expect(counts).toEqual(counts.toSorted((left, right) => left - right));
    expect(bounds.at(-1)).toBe(Number.POSITIVE_INFINITY);
    expect([counts.at(-1), valuesOf(all, `${name}_count`)]).toEqual([1, { 0: 1 }]);
    expect(valuesOf(all, `${name}_sum`)[0]).toBeGreaterThan(0);
  });

  test('escapes any label', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: awkward })), (value) => {
        const [sample] = parsed(`# TYPE a counter\na${formatLabels({ replica: 1, value })} 2\n`);
        expect(sample).toEqual({ name: 'a', labels: { replica: '1', value }, value: 2 });
      }),
    );
  });

  test.each([
    'a{b="c"} 1\n',
    '# TYPE a counter\na{b="c} 1\n',
    '# TYPE a counter\na{b="c"} x\n',
    '# TYPE a counter\na{b="c"} 1',
  ])('would fail this strict parser as %j', (text) => {
    expect(() => parsed(text)).toThrow(Error);
  });
});

describe('the endpoint', () => {
  test('shows whether the replica is ready', async () => {
    let status = 'view-change';
    const place = await opened(() => status);
    expect((await fetch(`${place}/healthz`)).status).toBe(503);
    status = 'normal';
    const ready = await fetch(`${place}/healthz`);
    expect([ready.status, await ready.text()]).toEqual([200, 'normal\n']);
  });

  test('answers no other path or method', async () => {
    const place = await opened();
    expect((await fetch(`${place}/`)).status).toBe(404);
    expect((await fetch(`${place}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  test('listens only at its address, and only until it is closed', async () => {
    const place = await opened();
    await expect(fetch(place.replace('127.0.0.1', '127.0.0.2'))).rejects.toThrow();
    expect(hasSubscribers()).toBe(true);
    await endpoint?.close();
    await expect(fetch(place)).rejects.toThrow();
    expect(hasSubscribers()).toBe(false);
  });

  test('needs a port that is free', async () => {
    await opened();
    const { address } = endpoint ?? { address: loopback };
    await expect(openMetricsEndpoint(address, () => 'normal')).rejects.toThrow(SetupError);
    expect((await fetch(`http://127.0.0.1:${address.port}/healthz`)).status).toBe(200);
  });
});

describe('the endpoint of a cluster with the role metrics', () => {
  let [own, monitor, other, stranger]: TlsCredentials[] = [];

  beforeAll(async () => {
    const [ours, theirs] = await Promise.all([authority(), authority()]);
    const made = await Promise.all([
      ...['replica-0', 'prometheus', 'other'].map((name) => credentialsOf(name, ours)),
      credentialsOf('prometheus', theirs),
    ]);
    [own, monitor, other, stranger] = made;
  });

  /** The code and the text of the answer over HTTPS to a client with these credentials. */
  function answerTo(
    path: string,
    tls: TlsCredentials | undefined,
  ): Promise<readonly [number | undefined, string]> {
    const { host, port } = endpoint?.address ?? loopback;
    return new Promise((resolve, reject) => {
      const options = {
        ...tls,
        ca: own?.ca,
        host,
        port,
        path,
        checkServerIdentity: () => undefined,
        agent: false,
      };
      get(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve([response.statusCode, text]));
      }).once('error', reject);
    });
  }

  test('shows the metrics to its names only, and its health to every client', async () => {
    const access = { roles: { metrics: ['prometheus'] } };
    endpoint = await openMetricsEndpoint(loopback, () => 'normal', { tls: own, access });
    expect((await answerTo('/metrics', monitor))[0]).toBe(200);
    expect(await answerTo('/metrics?', other)).toEqual([
      403,
      'The metrics are not served: the name "other" lacks the role metrics.\n',
    ]);
    for (const unknown of [stranger, undefined]) {
      const refused = [403, 'The metrics are for certificates of the authority of this cluster.\n'];
      expect(await answerTo('/metrics', unknown)).toEqual(refused);
      expect(await answerTo('/healthz', unknown)).toEqual([200, 'normal\n']);
    }
    endpoint.reload({ tls: own, access: { roles: { metrics: ['other'] } } });
    expect([(await answerTo('/metrics', monitor))[0], (await answerTo('/metrics', other))[0]]).toEqual([
      403, 200,
    ]);
  });

  test('speaks HTTP where no name has the role', async () => {
    endpoint = await openMetricsEndpoint(loopback, () => 'normal', {
      tls: own,
      access: { roles: { read: ['other'] } },
    });
    expect((await fetch(`http://127.0.0.1:${endpoint.address.port}/metrics`)).status).toBe(200);
  });
});

describe('viewstamped server --metrics', () => {
  test('is ready, counts, and stops on a signal', async () => {
    const server = await serving('127.0.0.1:0');
    try {
      const address = await server.place();
      await until(() => server.errors().includes('"msg":"ready"'), 'the replica is ready');
      expect((await fetch(`http://${address}/healthz`)).status).toBe(200);
      expect(valuesOf(await samples(`http://${address}`), 'viewstamped_leaderships_total')).toEqual({ 0: 1 });
    } finally {
      server.stop();
    }
    expect(await server.code).toBe(0);
  });

  test('rejects a port that is in use', async () => {
    const place = await opened();
    const server = await serving(place.replace('http://', ''));
    expect(await server.code).toBe(2);
    expect(server.errors()).toMatch(
      /Metrics cannot be served on 127\.0\.0\.1:\d+: .*EADDRINUSE.*Give another/,
    );
  });

  test('rejects a text that is no address', async () => {
    const server = await serving('here');
    expect(await server.code).toBe(2);
    expect(server.errors()).toContain("--metrics must be HOST:PORT, and 'here' is not.");
  });
});

/** A server of a group of one, on a free port, in a process of its own. */
async function serving(metrics: string) {
  const [port] = await freePorts(1);
  const command = [
    'impl/cli/viewstamped.mjs',
    'server',
    '--members',
    `127.0.0.1:${port}`,
    '--index',
    '0',
    '--metrics',
    metrics,
  ];
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const address = /"address":"([^"]+)","msg":"serving/;
  return {
    code: new Promise((resolve) => child.once('close', resolve)),
    place: () => until(() => address.test(text), 'it logs its address').then(() => address.exec(text)?.[1]),
    errors: () => text,
    stop: () => child.kill('SIGTERM'),
  };
}
