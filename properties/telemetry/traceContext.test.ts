import { context, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configure, keyValueService } from '../../impl/index.ts';
import { configurationOf } from '../../impl/node/cluster/cluster.ts';
import { groupOf } from '../../impl/node/cluster/settings.ts';
import { jsonCodec } from '../../impl/node/encoding/codec.ts';
import { messageSchema } from '../../impl/node/encoding/messageSchema.ts';
import { FramedConnection } from '../../impl/node/tcp/framedConnection.ts';
import { OutboundConnection } from '../../impl/node/tcp/outboundConnection.ts';
import {
  activeTraceparent,
  carryTraceparent,
  contextIn,
  takeTraceparent,
  traceparentOf,
  withTraceparent,
} from '../../impl/node/telemetry/traceContext.ts';
import { ServedGroup, until } from '../node/servedGroup.ts';
import { EventRecorder } from './eventRecorder.ts';

const span: SpanContext = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
};
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const request = {
  type: 'REQUEST',
  operation: { type: 'size' },
  clientId: 'c',
  session: 1,
  requestNumber: 1,
} as const;

beforeAll(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterAll(() => context.disable());

const inSpan = <Result>(work: () => Result): Result =>
  context.with(trace.setSpanContext(ROOT_CONTEXT, span), work);

describe('a traceparent', () => {
  test('is that of the active span, and comes back as its context', () => {
    expect(activeTraceparent()).toBeUndefined();
    expect(inSpan(activeTraceparent)).toBe(traceparent);
    expect(trace.getSpanContext(contextIn(traceparent))).toEqual({ ...span, isRemote: true });
  });

  test.each([
    undefined,
    '',
    'x',
    '00-0-0-00',
    `${traceparent}-`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    7,
  ])('gives no context as %j', (text) => {
    const message = { ...request };
    carryTraceparent(message, text);
    expect(trace.getSpanContext(contextIn(traceparentOf(message)))).toBeUndefined();
  });

  test('travels beside the fields of a message, of which it is no part', () => {
    const message = { ...request };
    carryTraceparent(message, traceparent);
    const frame = withTraceparent(message, message);
    expect(frame).toEqual({ ...request, traceparent });
    const received = messageSchema(configure(3, 'durable', keyValueService)).parse(frame);
    takeTraceparent(frame, received);
    expect([received, traceparentOf(received)]).toEqual([request, traceparent]);
    expect(withTraceparent(request, request)).toBe(request);
  });
});

describe('over TCP, the traceparent', () => {
  test('of a client reaches the primary', async () => {
    const group = await ServedGroup.start();
    const recorder = new EventRecorder();
    try {
      const client = group.client();
      await client.request({ type: 'get', key: 'a' });
      await inSpan(() => client.request({ type: 'size' }));
      const started = recorder.of('request-start').map((event) => [event.operation, event.traceparent]);
      expect(started).toContainEqual([{ type: 'get', key: 'a' }, undefined]);
      expect(started).toContainEqual([{ type: 'size' }, traceparent]);
      expect(started).not.toContainEqual([{ type: 'get', key: 'a' }, traceparent]);
    } finally {
      recorder.end();
      await group.end();
    }
  });

  test('is passed on by a backup', async () => {
    const group = await ServedGroup.start({ cluster: { tick: 200 } });
    const recorder = new EventRecorder();
    const { cluster } = group;
    const { tick, connectionLimits: limits, addresses } = cluster;
    const registration = { ...request, operation: null, session: 0, requestNumber: 0 };
    await until(() => group.server(1).status().status === 'normal', 'the backup is normal');
    const hello = {
      ...{ type: 'hello' as const, group: groupOf(configurationOf(cluster, keyValueService)) },
      ...{ from: null, mode: null, boot: 'c', introduction: null },
    };
    const [, address = { host: '', port: 0 }] = addresses;
    const frame = FramedConnection.frameOf(jsonCodec, { ...registration, traceparent }, limits);
    const connection = new OutboundConnection(
      { address, replicaNumber: 1, hello: () => hello, codec: jsonCodec, limits, tls: undefined, tick },
      { onConnected: () => undefined, onMessage: () => undefined, onLost: () => undefined },
    );
    // A message to the primary may be lost, so it is sent again and again.
    const isAsked = (): boolean => {
      connection.sendFrame(frame);
      return recorder.has('request-start');
    };
    try {
      await until(isAsked, 'the primary is asked');
      expect(recorder.of('request-forwarded')[0]).toMatchObject({ replicaNumber: 1, to: 0 });
      expect(recorder.of('request-start')).toMatchObject([{ replicaNumber: 0, clientId: 'c', traceparent }]);
    } finally {
      connection.close();
      recorder.end();
      await group.end();
    }
  });
});
