import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type KeyValueOperation, keyValueService, type Output } from '../../../impl/index.ts';
import { ChangeHistory } from '../../../impl/node/watch/changeHistory.ts';
import { Watches } from '../../../impl/node/watch/watches.ts';
import type { WatchOutcome } from '../../../impl/node/watch/watchMessages.ts';
import { ExecutedEntries, set } from './executedEntries.ts';

const manyChars = 100_000;
const key = fc.constantFrom('a', 'b');
const value = fc.string({ maxLength: 40 });
const single: fc.Arbitrary<KeyValueOperation> = fc.oneof(
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('set' as const), key, value }),
  fc.record({ type: fc.constant('delete' as const), key }),
);
const operation: fc.Arbitrary<KeyValueOperation> = fc.oneof(
  single,
  fc.record({
    type: fc.constant('multi' as const),
    operations: fc.array(single, { minLength: 1, maxLength: 3 }),
  }),
);
/** What a replica does in a step: how many entries it executes, or skips by a checkpoint; and drops from its log. */
const stepOfReplica = fc.record({
  executes: fc.nat({ max: 4 }),
  skips: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.nat({ max: 4 })),
  keeps: fc.nat({ max: 12 }),
});

/** All that the history tells of the key, answer by answer. */
function readAll(history: ChangeHistory, after: number): WatchOutcome | unknown[] {
  const told: unknown[] = [];
  for (let position = after; ; ) {
    const outcome = history.after('a', position);
    if (outcome.type === 'unwatched') return outcome;
    told.push(...outcome.events);
    if (outcome.events.length > 1) expect(JSON.stringify(outcome.events).length).toBeLessThanOrEqual(chars);
    if (outcome.events.length === 0) {
      expect(outcome.opNumber).toBe(Math.max(after, history.last));
      return told;
    }
    expect(outcome.opNumber).toBeGreaterThan(position);
    position = outcome.opNumber;
  }
}

/** So few that answers are cut. */
const chars = 150;

describe('the changes that a replica remembers', () => {
  test('are those of the log after each op-number that it knows, and refused for each earlier one', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 30, maxLength: 30 }),
        fc.array(stepOfReplica, { maxLength: 12 }),
        (operations, steps) => {
          const entries = new ExecutedEntries(operations);
          const history = new ChangeHistory(keyValueService, chars);
          let commitNumber = 0;
          let [skipped, base] = [0, 0];
          for (const { executes, skips, keeps } of steps) {
            const from = Math.min(commitNumber + skips, entries.last);
            if (from > commitNumber) skipped = from;
            commitNumber = Math.min(from + executes, entries.last);
            base = Math.max(base, commitNumber - keeps);
            const restored: readonly Output[] = skips > 0 ? [{ type: 'restored', opNumber: from }] : [];
            history.take({ commitNumber, log: { base } }, [
              ...restored,
              ...entries.between(from, commitNumber),
            ]);
          }
          const since = Math.max(skipped, base);
          for (let after = 0; after <= entries.last; after++)
            if (after < since) expect(readAll(history, after)).toMatchObject({ because: 'compacted', since });
            else
              expect(readAll(history, after)).toEqual(
                entries.changesOf('a', after).filter(({ opNumber }) => opNumber <= commitNumber),
              );
        },
      ),
    );
  });

  test('make a change JSON for its length once at most, and not at all where there is one', () => {
    let reads = 0;
    const value = {
      get read() {
        return ++reads;
      },
    };
    const service = { ...keyValueService, changes: () => [{ type: 'set' as const, key: 'a', value }] };
    const history = new ChangeHistory(service, manyChars);
    const entries = new ExecutedEntries([set('a', 1), set('a', 2)]);
    history.take({ commitNumber: 1, log: { base: 0 } }, entries.between(0, 1));
    history.after('a', 0);
    expect(reads).toBe(0);
    history.take({ commitNumber: 2, log: { base: 0 } }, entries.between(1, 2));
    for (let times = 0; times < 3; times++) expect(history.after('a', 0)).toMatchObject({ opNumber: 2 });
    expect(reads).toBe(2);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['tells something else', () => JSON.parse('[{"type":"set","key":1}]')],
  ])('end before an entry of which the service %s', (_, changes) => {
    const service = { ...keyValueService, changes };
    const history = new ChangeHistory(service, manyChars);
    const entries = new ExecutedEntries([set('a', 1), set('a', 2)]);
    history.take({ commitNumber: 2, log: { base: 0 } }, entries.between(0, 2));
    expect(history.after('a', 1)).toMatchObject({
      because: 'compacted',
      since: 2,
      reason: expect.stringContaining('The service failed at telling what that entry changed'),
    });
    expect(history.after('a', 2)).toMatchObject({ type: 'changes', events: [] });
  });
});

/** The watches of a replica that executes the entries one by one. */
class WatchedReplica {
  readonly entries = new ExecutedEntries();
  readonly watches: Watches;
  readonly told: WatchOutcome[] = [];
  private state: Parameters<Watches['take']>[0] = {
    status: 'normal',
    checkpoints: [],
    commitNumber: 0,
    log: { base: 0 },
  };

  constructor(service = keyValueService) {
    this.watches = new Watches(service, manyChars);
    this.take([]);
  }

  execute(operation: KeyValueOperation): void {
    this.entries.execute(operation);
    this.take(this.entries.between(this.entries.last - 1, this.entries.last));
  }

  take(outputs: readonly Output[], changed: Partial<Parameters<Watches['take']>[0]> = {}): void {
    this.state = { ...this.state, commitNumber: this.entries.last, ...changed };
    this.watches.take(this.state, outputs);
  }

  ask(connection: object, id: number, key: string, after: number | null, waits = true): void {
    this.watches.ask(connection, { type: 'watch', id, key, after, waits }, (outcome) =>
      this.told.push(outcome),
    );
  }
}

const connection = {};

describe('the watches of a replica', () => {
  test('are answered once, when their own key changes', () => {
    const replica = new WatchedReplica();
    replica.ask(connection, 0, 'a', 0);
    replica.execute(set('b', 1));
    expect(replica.told).toEqual([]);
    replica.execute(set('a', 1));
    replica.execute(set('a', 2));
    expect(replica.told).toEqual([
      { type: 'changes', opNumber: 2, events: [{ opNumber: 2, changes: [set('a', 1)] }] },
    ]);
    replica.ask(connection, 0, 'a', 2);
    expect(replica.told).toHaveLength(2);
  });

  test('tell at once where they begin', () => {
    const replica = new WatchedReplica();
    replica.execute(set('a', 1));
    replica.ask(connection, 0, 'a', null);
    replica.ask(connection, 1, 'a', 1, false);
    // The replica lags behind the one that told the changes up to here.
    replica.ask(connection, 2, 'a', 7, false);
    expect(replica.told).toEqual([1, 1, 7].map((opNumber) => ({ type: 'changes', opNumber, events: [] })));
  });

  test('that are ahead of a replica are told nothing twice', () => {
    const replica = new WatchedReplica();
    replica.ask(connection, 0, 'a', 2);
    for (const next of [1, 2, 3]) replica.execute(set('a', next));
    expect(replica.told).toMatchObject([{ opNumber: 3, events: [{ opNumber: 3 }] }]);
  });

  test('are told after a checkpoint how far the replica is', () => {
    const replica = new WatchedReplica();
    replica.ask(connection, 0, 'a', 0);
    replica.ask(connection, 1, 'a', 2);
    replica.execute(set('b', 1));
    replica.execute(set('b', 2));
    replica.take([], { checkpoints: [{ opNumber: 2 }] });
    expect(replica.told).toEqual([{ type: 'changes', opNumber: 2, events: [] }]);
  });

  test('end when a checkpoint takes the place of entries that the replica did not execute', () => {
    const replica = new WatchedReplica();
    replica.ask(connection, 0, 'a', 0);
    replica.entries.execute(set('a', 1));
    replica.take([{ type: 'restored', opNumber: 1 }]);
    expect(replica.told).toMatchObject([{ because: 'compacted', since: 1 }]);
  });

  test('go to other replicas while this one is not normal', () => {
    const replica = new WatchedReplica();
    replica.ask(connection, 0, 'a', 0);
    replica.take([], { status: 'view-change' });
    replica.ask(connection, 1, 'a', 0);
    expect(replica.told).toMatchObject([{ because: 'unavailable' }, { because: 'unavailable' }]);
  });

  test('are a hundred on a connection at most', () => {
    const replica = new WatchedReplica();
    for (let id = 0; id <= 100; id++) replica.ask(connection, id, 'a', 0);
    const reason = 'this connection has 100 watches, and may have no more';
    expect(replica.told).toEqual([{ type: 'unwatched', because: 'refused', since: 0, reason }]);
    replica.ask({}, 0, 'a', 0);
    replica.watches.cancel(connection, 5);
    replica.ask(connection, 101, 'a', 0);
    expect(replica.told).toHaveLength(1);
  });

  test('end with their connection', () => {
    const replica = new WatchedReplica();
    const other = {};
    for (const id of [0, 1]) replica.ask(connection, id, 'a', 0);
    replica.ask(other, 0, 'a', 0);
    replica.watches.forget(connection);
    replica.execute(set('a', 1));
    expect(replica.told).toHaveLength(1);
  });

  test('are refused by a service that does not tell what it changes', () => {
    const { changes, ...service } = keyValueService;
    expect(changes).toBeDefined();
    const replica = new WatchedReplica(service);
    replica.ask(connection, 0, 'a', 0);
    expect(replica.told).toMatchObject([{ because: 'refused' }]);
  });
});
