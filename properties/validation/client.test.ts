import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Client,
  type ClientInput,
  clientStep,
  configure,
  createClient,
  describeReason,
  forkClient,
  ledgerService,
  type Reply,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { carrying, deep, rubbish, spoilings, spoilt } from './malformed.ts';

const reply: Reply = { type: 'REPLY', viewNumber: 4, clientId: 'ann/0', requestNumber: 2, result: null };
const input: ClientInput & { readonly type: 'message' } = { type: 'message', message: reply };

/** A client whose first request was answered, with or without a second one outstanding. */
function clientThat(waits: boolean): Client {
  const client = createClient(configure(3, 'diskless', ledgerService, asInVrr), 'ann', 0);
  clientStep(client, { type: 'request', operation: 'a' });
  clientStep(client, { type: 'message', message: { ...reply, requestNumber: 1, viewNumber: 3 } });
  if (waits) clientStep(client, { type: 'request', operation: 'b' });
  return client;
}

test('an operation that the service does not take is rejected before it is sent, and leaves nothing outstanding', () => {
  const client = clientThat(false);
  expect(clientStep(client, { type: 'request', operation: 42 })).toEqual([
    { type: 'rejected', reason: { code: 'operation-invalid', text: 'a ledger operation must be a string' } },
  ]);
  expect(clientStep(client, { type: 'request', operation: 'b' }).map(({ type }) => type)).toEqual([
    'send',
    'timer',
  ]);
});

/** Gives the client any message: the client accepts it, or is unchanged and gives a reason. */
function give(before: Client, message: unknown): string {
  const client = forkClient(before);
  const outputs = clientStep(client, carrying(input, message));
  const [first] = outputs;
  if (first?.type === 'dropped' || first?.type === 'rejected') {
    expect(outputs).toHaveLength(1);
    expect(describeReason(first.reason)).toMatch(/\S/);
    expect(client).toEqual(before);
  } else {
    expect(outputs.map(({ type }) => type)).toEqual(['answered', 'timer']);
    expect(client.outstanding).toEqual([]);
    expect(client.viewNumber).toBeGreaterThanOrEqual(before.viewNumber);
    expect(client.viewNumber).toSatisfy(Number.isSafeInteger);
  }
  return first?.type ?? 'nothing';
}

test('no malformed reply makes a client throw, and a rejected or dropped one changes nothing', () => {
  const ends: Record<string, number> = {};
  fc.assert(
    fc.property(fc.boolean(), spoilings, (waits, spoiling) => {
      const end = give(clientThat(waits), spoilt(reply, spoiling));
      ends[end] = (ends[end] ?? 0) + 1;
      if (spoiling.length === 0) expect(end).toBe(waits ? 'answered' : 'dropped');
    }),
    { numRuns: 5000 },
  );
  expect(Object.keys(ends).sort()).toEqual(['answered', 'dropped', 'rejected']);
  for (const count of Object.values(ends)) expect(count).toBeGreaterThan(300);
});

test('clients reject malformed replies of every kind', () => {
  let tried = 0;
  fc.assert(
    fc.property(fc.boolean(), rubbish, (waits, message) => {
      expect(give(clientThat(waits), message)).toBe('rejected');
      tried++;
    }),
    { numRuns: 2000 },
  );
  expect(give(clientThat(true), deep)).toBe('rejected');
  expect(tried).toBe(2000);
});

test('a second request is rejected while one is outstanding', () => {
  const client = clientThat(true);
  const before = forkClient(client);
  const outputs = clientStep(client, { type: 'request', operation: 'c' });
  expect(outputs).toEqual([{ type: 'rejected', reason: 'window-full' }]);
  expect(client).toEqual(before);
});

test('a retry with nothing outstanding is dropped', () => {
  const client = clientThat(false);
  expect(clientStep(client, { type: 'timer' })).toMatchObject([{ type: 'dropped' }]);
});
