import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { set } from './executedEntries.ts';
import { retryDelay, size, WatchedGroup } from './watchedGroup.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An event of a run, in the words of `perform`. */
type WatchedEvent =
  | { readonly type: 'write'; readonly key: string }
  | { readonly type: 'execute' | 'restore'; readonly at: number; readonly entries: number }
  | { readonly type: 'checkpoint' | 'connect' | 'lose' | 'leave' | 'return'; readonly at: number }
  | { readonly type: 'read'; readonly events: number }
  | { readonly type: 'deliver' | 'wait' };

const at = fc.nat({ max: size - 1 });
const entries = fc.integer({ min: 1, max: 4 });
const write = fc.record({ type: fc.constant('write' as const), key: fc.constantFrom('a', 'a', 'b') });
const execute = fc.record({ type: fc.constant('execute' as const), at, entries });
const read = fc.record({ type: fc.constant('read' as const), events: entries });
const rare = ['checkpoint', 'connect', 'lose', 'leave', 'return'] as const;
const event: fc.Arbitrary<WatchedEvent> = fc.oneof(
  { weight: 6, arbitrary: write },
  { weight: 6, arbitrary: execute },
  { weight: 6, arbitrary: fc.record({ type: fc.constantFrom('deliver' as const) }) },
  { weight: 3, arbitrary: read },
  { weight: 5, arbitrary: fc.record({ type: fc.constantFrom(...rare), at }) },
  fc.record({ type: fc.constant('restore' as const), at, entries }),
  fc.record({ type: fc.constant('wait' as const) }),
);

function perform(group: WatchedGroup, event: WatchedEvent): void {
  switch (event.type) {
    case 'write':
      return group.entries.execute(set(event.key, group.entries.last));
    case 'execute':
      return group.execute(event.at, event.entries);
    case 'restore': {
      const server = group.server(event.at);
      const opNumber = server.commitNumber + event.entries;
      return opNumber <= group.entries.last ? server.restore(opNumber) : undefined;
    }
    case 'checkpoint':
      return group.server(event.at).takeCheckpoint();
    case 'connect':
      return group.connect(event.at);
    case 'lose':
      return group.lose(event.at);
    case 'leave':
    case 'return':
      group.server(event.at).isNormal = event.type === 'return';
      return group.server(event.at).take([]);
    case 'deliver':
      return group.deliver();
    case 'read':
      void group.read(event.events);
      return;
    case 'wait':
      vi.advanceTimersByTime(retryDelay);
  }
}

/** Everything that was lost comes back, all is executed, and the program reads all. */
const ending: readonly WatchedEvent[] = [
  { type: 'read', events: 1_000 },
  ...[0, 1, 2].flatMap((at): readonly WatchedEvent[] => [
    { type: 'return', at },
    { type: 'connect', at },
    { type: 'execute', at, entries: 1_000 },
  ]),
  ...Array.from(
    { length: 120 },
    (_, index): WatchedEvent => ({ type: index % 4 === 3 ? 'wait' : 'deliver' }),
  ),
];

test('a watch tells all changes of its key once, in order, or that no replica knows them any more', async () => {
  const ends = { complete: 0, compacted: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(event, { maxLength: 80, size: 'max' }),
      fc.option(fc.nat({ max: 3 }), { nil: undefined }),
      async (events, after) => {
        const group = new WatchedGroup('a', after);
        for (const at of [0, 1, 2]) group.connect(at);
        for (const event of [...events, ...ending]) {
          perform(group, event);
          await setImmediate();
        }
        group.close();
        const { told, ended } = group;
        const changes = told.filter((event) => event.changes.length > 0);
        const all = group.entries.changesOf('a', after ?? told[0]?.opNumber ?? 0);
        const isClosed = ended === undefined;
        ends[isClosed ? 'complete' : 'compacted']++;
        expect(changes).toEqual(isClosed ? all : all.slice(0, changes.length));
        if (isClosed) return;
        expect(ended.error).toMatchObject({ reason: 'compacted' });
        for (const outcome of ended.known) expect(outcome).toMatchObject({ because: 'compacted' });
      },
    ),
    { numRuns: 1_000 },
  );
  expect(Math.min(ends.complete, ends.compacted)).toBeGreaterThan(10);
}, 120_000);

test('a watch waits a while for replicas that are not normal before it ends for what the others dropped', async () => {
  const group = new WatchedGroup('a', 0);
  for (const value of [1, 2]) group.entries.execute(set('a', value));
  group.server(0).restore(2);
  const events: readonly WatchedEvent[] = [
    ...[0, 1, 2].map((at) => ({ type: 'connect', at }) as const),
    ...[1, 2].map((at) => ({ type: 'leave', at }) as const),
    { type: 'read', events: 1 },
  ];
  const round: readonly WatchedEvent[] = [
    ...Array<WatchedEvent>(8).fill({ type: 'deliver' }),
    { type: 'wait' },
  ];
  const run = async (all: readonly WatchedEvent[]): Promise<void> => {
    for (const event of all) {
      perform(group, event);
      await setImmediate();
    }
  };
  await run([...events, ...Array<typeof round>(5).fill(round).flat()]);
  expect(group.ended).toBeUndefined();
  await run(Array<typeof round>(30).fill(round).flat());
  expect(group.ended?.error).toMatchObject({ reason: 'compacted', since: 2 });
  group.close();
});
