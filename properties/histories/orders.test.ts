import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../impl/index.ts';
import { check } from '../../models/histories/check.ts';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import type { HistoryOperation } from '../../models/histories/events/operations.ts';
import { keyValue } from '../../models/histories/sequential/keyValue.ts';
import { register } from '../../models/histories/sequential/register.ts';
import { historiesOf } from './histories.ts';
import { afterwards, badWindows, canBeOrdered, operationsOn, reachable } from './oracle.ts';

const unbounded = { configurations: Infinity, steps: Infinity };
const runs = 4000;

/** Expects a valid order of a key: every operation that returned, none twice, none before one that returned before its invocation. */
function expectOrder(order: readonly HistoryOperation[], events: readonly HistoryEvent[], key: Json): void {
  const done = operationsOn(key, events);
  const invocations = order.map(({ invoked }) => invoked);
  expect(new Set(invocations).size).toBe(order.length);
  for (const { invoked, returned } of done) if (returned < Infinity) expect(invocations).toContain(invoked);
  let state: Json | undefined = null;
  for (const [place, { invoked }] of order.entries()) {
    const one = done.find((candidate) => candidate.invoked === invoked);
    expect(order.slice(place).every(({ returned }) => returned > invoked)).toBe(true);
    if (one !== undefined) state = afterwards(state ?? null, one);
    expect({ one, state }).toEqual({
      one: expect.anything(),
      state: expect.toSatisfy((s) => s !== undefined),
    });
  }
}

function keysOf(events: readonly HistoryEvent[]): readonly Json[] {
  return [...new Set(events.map(({ value }) => (Array.isArray(value) ? (value[0] ?? null) : null)))];
}

describe('the checker and an oracle that tries all orders', () => {
  test.each([
    [3, 1, 14],
    [5, 1, 13],
    [3, 2, 18],
  ])('agree on histories of %i clients, %i keys and %i events', (clients, keys, most) => {
    const tally = { yes: 0, no: 0, unknown: 0 };
    fc.assert(
      fc.property(historiesOf(clients, keys, most), (events) => {
        const checked = check(events, register, unbounded);
        const expected = keysOf(events).filter((key) => !canBeOrdered(operationsOn(key, events), null));
        const found = checked.keys.filter(({ verdict }) => verdict === 'no').map(({ key }) => key);
        expect([...found].sort()).toEqual([...expected].sort());
        expect(checked.verdict).toBe(expected.length === 0 ? 'yes' : 'no');
        tally[checked.verdict]++;
        for (const judged of checked.keys) {
          if (judged.verdict === 'yes') expectOrder(judged.order, events, judged.key);
        }
        expect(check(events, keyValue, unbounded).verdict).toBe(checked.verdict);
      }),
      { numRuns: runs },
    );
    expect(tally.yes).toBeGreaterThan(runs / 10);
    expect(tally.no).toBeGreaterThan(runs / 10);
  });

  test.each([1, 2, 5])('agree on histories of many clients with %i values', (values) => {
    const tally = { yes: 0, no: 0, unknown: 0 };
    fc.assert(
      fc.property(historiesOf(7, 1, 14, ['read', 'read', 'write', 'write', 'cas'], values), (events) => {
        const checked = check(events, register, unbounded);
        const isFine = keysOf(events).every((key) => canBeOrdered(operationsOn(key, events), null));
        expect(checked.verdict).toBe(isFine ? 'yes' : 'no');
        tally[checked.verdict]++;
        for (const judged of checked.keys) {
          if (judged.verdict === 'yes') expectOrder(judged.order, events, judged.key);
        }
      }),
      { numRuns: runs },
    );
    expect(Math.min(tally.yes, tally.no)).toBeGreaterThan(runs / 20);
  });

  test('agree on histories with deletes, which only the key-value service has', () => {
    const tally = { yes: 0, no: 0, unknown: 0 };
    fc.assert(
      fc.property(historiesOf(3, 1, 12, ['read', 'write', 'cas', 'delete', 'delete']), (events) => {
        const { verdict, keys } = check(events, keyValue, unbounded);
        const isFine = keysOf(events).every((key) => canBeOrdered(operationsOn(key, events), null));
        expect(verdict).toBe(isFine ? 'yes' : 'no');
        tally[verdict]++;
        for (const judged of keys)
          if (judged.verdict === 'yes') expectOrder(judged.order, events, judged.key);
      }),
      { numRuns: runs },
    );
    expect(tally.yes).toBeGreaterThan(runs / 10);
    expect(tally.no).toBeGreaterThan(runs / 10);
  });

  test('find the same smallest window', () => {
    let bad = 0;
    fc.assert(
      fc.property(historiesOf(4, 1, 12), (events) => {
        const [judged] = check(events, register, unbounded).keys;
        if (judged?.verdict !== 'no') return;
        bad++;
        const { first, last, isSmallest, operations, starts } = judged.window;
        const done = operationsOn(judged.key, events);
        const windows = badWindows(done);
        const end = Math.min(...windows.map(([, last]) => last));
        const begin = Math.max(...windows.filter(([, last]) => last === end).map(([first]) => first));
        expect({ first, last, isSmallest }).toEqual({ first: begin, last: end, isSmallest: true });
        expect(windows.filter((window) => window[0] >= first && window[1] <= last)).toEqual([[first, last]]);
        const possible = reachable(done.filter(({ invoked }) => invoked < first));
        expect(starts.toSorted()).toEqual(possible.map((state) => JSON.stringify(state)).sort());
        const inside = done.filter(({ invoked, returned }) => invoked <= last && returned >= first);
        expect(operations.map(({ invoked }) => invoked)).toEqual(inside.map(({ invoked }) => invoked));
      }),
      { numRuns: runs },
    );
    expect(bad).toBeGreaterThan(runs / 10);
  });
});
