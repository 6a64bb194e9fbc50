import { describe, expect, test } from 'vitest';
import {
  type ClientInput,
  clientStep,
  configure,
  createClient,
  forkClient,
  ledgerService,
  type Reply,
  validateRequest,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { carrying } from './malformed.ts';

const bounded = configure(3, 'durable', ledgerService, { sessions: 2, window: 2 });
const request = { type: 'REQUEST', operation: 'a', clientId: 'c', session: 1, requestNumber: 1 } as const;
const registration = { ...request, operation: null, session: 0, requestNumber: 0 } as const;

describe('the configured number of sessions and of outstanding requests', () => {
  test.each([0, -1, 0.5, Number.NaN])('is rejected as %d', (number) => {
    expect(() => configure(3, 'durable', ledgerService, { sessions: number })).toThrow(
      `A group has sessions for 1 client or more, not ${number}.`,
    );
    expect(() => configure(3, 'durable', ledgerService, { window: number })).toThrow(
      `A client has 1 request outstanding or more, not ${number}.`,
    );
  });

  test('is accepted from 1 upwards, and unbounded only for sessions', () => {
    const sessions = Number.POSITIVE_INFINITY;
    expect(configure(3, 'durable', ledgerService, { sessions, window: 1 })).toMatchObject({
      sessions,
      window: 1,
    });
    expect(() => configure(3, 'durable', ledgerService, { window: sessions })).toThrow(RangeError);
    expect(configure(3, 'durable', ledgerService)).toMatchObject({ sessions: 4096, window: 8 });
  });
});

describe('a request', () => {
  test('belongs to a session, opens one or ends one if the client-table is bounded', () => {
    expect(validateRequest(bounded, request)).toBe(undefined);
    expect(validateRequest(bounded, registration)).toBe(undefined);
    expect(validateRequest(bounded, { ...request, session: 0 })).toEqual({
      ...{ code: 'too-low', field: 'session', min: 1 },
    });
    expect(validateRequest(bounded, { ...registration, session: 1 })).toBe(undefined);
    for (const session of [0, 1])
      expect(validateRequest(bounded, { ...registration, session, operation: 'a' })).toBe(
        'operation-not-null',
      );
    for (const session of [-1, 0.5, Number.NaN])
      expect(validateRequest(bounded, { ...request, session })).toEqual({
        code: 'not-a-whole-number',
        field: 'session',
      });
  });

  test('carries no session if the client-table is unbounded', () => {
    const unbounded = configure(3, 'durable', ledgerService, asInVrr);
    expect(validateRequest(unbounded, { ...request, session: 0 })).toBe(undefined);
    expect(validateRequest(unbounded, request)).toBe('session-not-zero');
    expect(validateRequest(unbounded, registration)).toEqual({
      code: 'too-low',
      field: 'requestNumber',
      min: 1,
    });
  });
});

describe('a client that waits for its session', () => {
  const registered: Reply = { type: 'REPLY', viewNumber: 3, clientId: 'ann/0', requestNumber: 0, result: 7 };
  const input: ClientInput & { readonly type: 'message' } = { type: 'message', message: registered };

  function give(fields: object) {
    const client = createClient(bounded, 'ann', 0);
    clientStep(client, { type: 'request', operation: 'a' });
    const before = forkClient(client);
    const outputs = clientStep(client, carrying(input, { ...registered, ...fields }));
    return { client, before, outputs };
  }

  test('adopts its number, and sends the pending request', () => {
    const { client, outputs } = give({});
    expect(client).toMatchObject({ session: 7, viewNumber: 3 });
    expect(outputs).toMatchObject([{ type: 'send', to: 0, message: { session: 7, requestNumber: 1 } }, {}]);
  });

  test.each([
    [{ result: 0 }, 'result-not-a-session'],
    [{ result: 'x' }, 'result-not-a-session'],
    [{ result: 0.5 }, 'result-not-a-session'],
    [{ type: 'EVICTED' }, 'registration-evicted'],
    [{ type: 'FAILED' }, 'registration-failed'],
    [{ type: 'EVICTED', requestNumber: 1 }, 'request-not-outstanding'],
    [{ requestNumber: 1 }, 'request-not-outstanding'],
    [{ clientId: 'ann/1' }, 'request-not-outstanding'],
  ])('rejects an answer with %j', (fields, reason) => {
    const { client, before, outputs } = give(fields);
    expect(outputs).toMatchObject([{ reason }]);
    expect(client).toEqual(before);
  });

  test('rejects an answer if it asked for no session', () => {
    const client = createClient(bounded, 'ann', 0);
    expect(clientStep(client, input)).toMatchObject([{ reason: 'request-not-outstanding' }]);
    expect(clientStep(client, { type: 'timer' })).toMatchObject([{ reason: 'nothing-outstanding' }]);
  });
});
