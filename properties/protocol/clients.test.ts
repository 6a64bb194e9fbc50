import { expect, it } from 'vitest';
import { clientsAfter } from '../../spec/protocol/actions/clients.ts';
import { groupOf, Log } from '../../spec/protocol/index.ts';

it('a log of any length has a client-table', () => {
  const predicted = { time: 1, random: 0 };
  let log = Log.empty();
  // More than a function could call itself.
  for (let requestNumber = 1; requestNumber <= 30_000; requestNumber++)
    log = log.with({ clientId: 'ann', session: 0, requestNumber, operation: null, predicted });
  expect([...clientsAfter(log, groupOf(3, 'durable'))]).toEqual([
    ['ann', { session: 0, requestNumber: 30_000, opNumber: 30_000 }],
  ]);
});
