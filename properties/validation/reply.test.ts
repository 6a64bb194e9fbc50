import { expect, test } from 'vitest';
import {
  type ClientInput,
  clientStep,
  configure,
  createClient,
  ledgerService,
  type Reply,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { carrying } from './malformed.ts';

const reply: Reply = { type: 'REPLY', viewNumber: 0, clientId: 'ann/0', requestNumber: 1, result: null };
const input: ClientInput & { readonly type: 'message' } = { type: 'message', message: reply };

/** The output of a client that waits for this reply and receives it with some fields replaced. */
function give(fields: object) {
  const client = createClient(configure(3, 'diskless', ledgerService, asInVrr), 'ann', 0);
  clientStep(client, { type: 'request', operation: 'a' });
  return clientStep(client, carrying(input, { ...reply, ...fields }));
}

test('a client takes the reply that it waits for', () => {
  expect(give({})).toMatchObject([{ type: 'answered', result: null }, { type: 'timer' }]);
});

const notWhole = { code: 'not-a-whole-number', field: 'viewNumber' };

test.each([
  [{ type: 'PREPARE' }, 'not-for-a-client'],
  [{ type: undefined }, 'not-for-a-client'],
  [{ viewNumber: -1 }, notWhole],
  [{ viewNumber: 0.5 }, notWhole],
  [{ viewNumber: '0' }, notWhole],
  [{ result: undefined }, 'result-missing'],
])('a client rejects a reply with %j', (fields, reason) => {
  expect(give(fields)).toEqual([{ type: 'rejected', reason }]);
});
