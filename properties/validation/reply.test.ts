import { expect, test } from 'vitest';
import {
  type ClientInput,
  clientStep,
  configure,
  createClient,
  ledgerService,
  type Reply,
} from '../../impl/index.ts';
import { asInVrr } from '../paper/group.ts';
import { carrying } from './malformed.ts';

const reply: Reply = { type: 'REPLY', viewNumber: 0, clientId: 'ann/0', requestNumber: 1, result: null };
const input: ClientInput & { readonly type: 'message' } = { type: 'message', message: reply };

/** What a client that waits for this very reply makes of it, with some fields replaced. */
function give(fields: object) {
  const client = createClient(configure(3, 'diskless', ledgerService, asInVrr), 'ann', 0);
  clientStep(client, { type: 'request', operation: 'a' });
  return clientStep(client, carrying(input, { ...reply, ...fields }));
}

test('a client takes the reply that it waits for', () => {
  expect(give({})).toMatchObject([{ type: 'answered', result: null }, { type: 'timer' }]);
});

test.each([
  [{ type: 'PREPARE' }, 'REPLY'],
  [{ type: undefined }, 'REPLY'],
  [{ viewNumber: -1 }, 'viewNumber'],
  [{ viewNumber: 0.5 }, 'viewNumber'],
  [{ viewNumber: '0' }, 'viewNumber'],
  [{ result: undefined }, 'result'],
])('but none with %j, and says what is wrong with it', (fields, word) => {
  expect(give(fields)).toEqual([{ type: 'refused', reason: expect.stringContaining(word) }]);
});
