import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  configure,
  createReplica,
  keyValueService,
  ledgerService,
  type Message,
  type Service,
  step,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { carrying, deep } from './malformed.ts';

/**
 * A replica that is a group by itself executes each accepted operation at once. In a larger group an operation that makes
 * the service throw would be committed first, and would then stop every replica, again after each restart.
 */
class Alone {
  private readonly replica;
  private requestNumber = 0;

  constructor(service: Service) {
    this.replica = createReplica(configure(1, 'diskless', service, asInVrr), 0);
  }

  ask(operation: unknown): 'executed' | 'rejected' {
    const requestNumber = this.requestNumber + 1;
    const message: Message = { type: 'REQUEST', operation: null, clientId: 'ann', session: 0, requestNumber };
    const outputs = step(this.replica, carrying({ type: 'message', message }, { ...message, operation }));
    const end = outputs.find(({ type }) => type === 'executed' || type === 'rejected');
    if (end?.type !== 'executed' && end?.type !== 'rejected')
      throw new Error('It neither executed nor rejected.');
    // A rejected request uses no number: the client's next request takes it.
    if (end.type === 'executed') this.requestNumber = requestNumber;
    return end.type;
  }
}

test('a service executes every operation that a replica accepts, in every state that such operations lead to', () => {
  const ends = { executed: 0, rejected: 0 };
  const anything = fc.oneof(
    { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
    { weight: 1, arbitrary: fc.anything({ withBigInt: true, withNullPrototype: true, maxDepth: 2 }) },
  );
  const operation = fc.record(
    {
      type: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('get', 'set', 'delete', 'compare-and-set') },
        anything,
      ),
      key: fc.constantFrom('a', 'b'),
      value: anything,
      expected: anything,
    },
    { requiredKeys: ['type', 'key'] },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 20, size: 'max' }), (operations) => {
      const store = new Alone(keyValueService);
      for (const asked of operations) ends[store.ask(asked)]++;
      expect(store.ask({ type: 'get', key: 'a' })).toBe('executed');
    }),
    { numRuns: 500 },
  );
  expect(ends.executed).toBeGreaterThan(500);
  expect(ends.rejected).toBeGreaterThan(500);
});

test.each([
  ['sets', { type: 'set', key: 'a', value: deep }],
  ['expects', { type: 'compare-and-set', key: 'a', expected: deep, value: 1 }],
  ['puts in place of nothing', { type: 'compare-and-set', key: 'a', expected: null, value: deep }],
])(
  'a value nested too deeply to be followed stops no replica, though an operation %s it',
  (_what, operation) => {
    const store = new Alone(keyValueService);
    store.ask(operation);
    store.ask({ type: 'compare-and-set', key: 'a', expected: 1, value: 2 });
    expect(store.ask({ type: 'get', key: 'b' })).toBe('executed');
  },
);

test('the ledger rejects every operation but a string', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true }), (operation) => {
      const end = new Alone(ledgerService).ask(operation);
      expect(end).toBe(typeof operation === 'string' ? 'executed' : 'rejected');
    }),
    { numRuns: 500 },
  );
});
