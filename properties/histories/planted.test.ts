import { describe, expect, test } from 'vitest';
import { check } from '../../models/histories/check.ts';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import type { CheckProgress } from '../../models/histories/search/bounds.ts';
import { keyValue } from '../../models/histories/sequential/keyValue.ts';
import { register } from '../../models/histories/sequential/register.ts';
import { type HistoryShape, simulatedHistory } from '../../models/histories/simulatedHistory.ts';
import { randomNumbers } from '../../models/runs/schedules/random.ts';
import { seed } from '../seed.ts';
import { written } from './histories.ts';

const bounds = { configurations: 1_000_000, steps: 50_000_000 };
const seeds = Array.from({ length: 5 }, (_, number) => seed + 7919 * number);
const usual: HistoryShape = { operations: 3000, keys: 5, clients: 10, values: Infinity, infos: 5 };

function simulated(shape: HistoryShape, from: number): readonly HistoryEvent[] {
  const next = randomNumbers(from);
  return simulatedHistory(shape, (below) => next() % below);
}

/** The first history, followed by the second on one key of the first. */
function followedBy(events: readonly HistoryEvent[], more: readonly HistoryEvent[], key: number) {
  const time = events.at(-1)?.time ?? 0;
  const later = more.map((event): HistoryEvent => {
    const value = [key, Array.isArray(event.value) ? (event.value[1] ?? null) : null];
    const process = 10_000 * (1 + events.length) + Number(event.process);
    return { ...event, index: events.length + event.index, time: time + event.time, process, value };
  });
  return [...events, ...later];
}

describe('a simulated history of real registers', () => {
  test.each([
    ['new values', usual],
    ['few values', { ...usual, values: 3 }],
    ['many operations of unknown outcome', { ...usual, infos: 50 }],
    ['one key', { ...usual, keys: 1 }],
    ['many clients', { ...usual, clients: 40 }],
  ])('is linearizable, with %s', (_, shape) => {
    for (const from of seeds) {
      const events = simulated(shape, from);
      expect(check(events, register, bounds).verdict).toBe('yes');
      expect(check(events, keyValue, bounds).verdict).toBe('yes');
      expect(events.filter(({ type }) => type === 'ok').length).toBeGreaterThan(shape.operations / 2);
      expect(events.filter(({ type }) => type === 'info').length).toBeGreaterThan(0);
      expect(events.filter(({ type }) => type === 'fail').length).toBeGreaterThan(0);
    }
  });
});

/** Values that no simulated operation writes. */
const [a, b, c] = [1_000_001, 1_000_002, 1_000_003];
const write = (value: number) => [`0 invoke write ${value}`, `0 ok write ${value}`];
const read = (found: number) => ['1 invoke read', `1 ok read ${found}`];
const cas = (from: number, to: number) => [`0 invoke cas ${from} ${to}`, `0 ok cas ${from} ${to}`];

describe('a planted violation at the end of a history of real registers', () => {
  test.each([
    ['a stale read', [write(a), write(b), read(b), read(b)], [write(a), write(b), read(b), read(a)], 2],
    ['a lost write', [write(a), read(a), write(b), read(b)], [write(a), read(a), write(b), read(a)], 2],
    ['a cas that succeeds twice', [write(a), cas(a, b), cas(b, c)], [write(a), cas(a, b), cas(a, c)], 2],
    [
      'a read of a failed write',
      [write(a), ['0 invoke write 7000000', '0 ok write 7000000'], read(7_000_000)],
      [write(a), ['0 invoke write 7000000', '0 fail write 7000000'], read(7_000_000)],
      1,
    ],
    ['a read of a value that was never written', [write(a), read(a)], [write(a), read(b)], 1],
  ])('is found, with the smallest window: %s', (_, right, wrong, length) => {
    for (const from of seeds) {
      const events = simulated(usual, from);
      const control = check(followedBy(events, written(...right.flat()), 2), register, bounds);
      expect(control.verdict).toBe('yes');
      const planted = followedBy(events, written(...wrong.flat()), 2);
      const { verdict, keys } = check(planted, register, bounds);
      expect(verdict).toBe('no');
      const [judged, ...others] = keys.filter((key) => key.verdict !== 'yes');
      expect(others).toEqual([]);
      if (judged?.verdict !== 'no') throw new Error('The key has no verdict no.');
      expect(judged.key).toBe(2);
      const { window } = judged;
      expect(window.isSmallest).toBe(true);
      expect(window.last).toBe(planted.length - 1);
      const begun = window.operations.filter(({ invoked }) => invoked >= events.length);
      expect(begun).toHaveLength(length);
    }
  });
});

/** The history with one late read replaced by what a read in its middle found. */
function withStaleRead(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const reads = events.filter(({ f, type }) => f === 'read' && type === 'ok');
  const late = reads[Math.floor(0.95 * reads.length)];
  const early = reads[Math.floor(0.5 * reads.length)];
  return events.map((event) =>
    event === late && early !== undefined ? { ...event, value: early.value } : event,
  );
}

describe('a stale read in a history of one register', () => {
  test.each([
    ['50 clients', { ...usual, operations: 1000, keys: 1, clients: 50, infos: 0 }],
    ['a long history', { ...usual, operations: 10_000, keys: 1 }],
  ])('is found with few steps, with a window that is confirmed to be the smallest: %s', (_, shape) => {
    for (const from of seeds.slice(0, 2)) {
      const events = simulated(shape, from);
      expect(check(events, register, bounds).verdict).toBe('yes');
      const { verdict, keys } = check(withStaleRead(events), register, {
        configurations: 20_000,
        steps: 2_000_000,
      });
      expect(verdict).toBe('no');
      expect(keys).toMatchObject([{ verdict: 'no', window: { isSmallest: true } }]);
    }
  });
});

describe('an operation of unknown outcome', () => {
  const lost = (process: number, value: number) => [
    `${process} invoke write ${value}`,
    `${process} info write ${value}`,
  ];
  const alike = [lost(2, a), read(a), write(b), lost(3, a)];

  test.each([
    ['may have happened', [write(a), lost(2, b), read(b)], 'yes'],
    ['may happen later', [lost(2, b), write(a), read(a), read(b)], 'yes'],
    ['may never happen', [write(a), lost(2, b), read(a)], 'yes'],
    ['does not happen before it is invoked', [write(a), read(b), lost(2, b)], 'no'],
    ['happens once', [lost(2, a), read(a), write(b), read(a)], 'no'],
    ['may happen beside an equal one', [...alike, read(a)], 'yes'],
    ['happens once beside an equal one', [...alike, read(a), write(c), read(a)], 'no'],
    [
      'may have any result if it is under way at the end',
      [write(a), ['2 invoke cas 1000001 5'], read(5)],
      'yes',
    ],
  ])('%s', (_, lines, verdict) => {
    const events = written(...lines.flat());
    expect(check(events, register, bounds).verdict).toBe(verdict);
    expect(check(events, keyValue, bounds).verdict).toBe(verdict);
  });
});

describe('the bounds of a check', () => {
  /**
   * Many compare-and-sets of unknown outcome between this many values, and two reads of another value, which one compare-and-set
   * makes once.
   */
  const hard = (values: number): readonly HistoryEvent[] => {
    const all = Array.from({ length: values ** 2 }, (_, pair) => [pair % values, Math.floor(pair / values)]);
    const lost = all.map(([from, to], process) => `${process} invoke cas ${from} ${to}`);
    const twice = ['1001 invoke write 0', '1001 ok write 0', '1001 invoke read', '1001 ok read 999'];
    return written(...lost, '1000 invoke cas 1 999', ...twice, ...twice);
  };

  test('are not met by a small history', () => {
    expect(check(hard(3), register, bounds)).toMatchObject({ verdict: 'no' });
  });

  test.each([
    ['configurations', { configurations: 1000, steps: Infinity }],
    ['steps', { configurations: Infinity, steps: 1000 }],
    ['progress', { configurations: Infinity, steps: Infinity, onProgress: () => false }],
  ])('end a check without a verdict: %s', (bound, few) => {
    const checked = check(hard(8), register, few);
    expect(checked).toMatchObject({ verdict: 'unknown', keys: [{ verdict: 'unknown', bound, ordered: 1 }] });
    expect(check(hard(8), register, few)).toEqual(checked);
  });

  const bad = ['0 invoke read', '0 ok read 5'];
  const good = ['0 invoke read', '0 ok read null'];

  test.each([
    ['configurations', { configurations: 1_000_000, steps: Infinity }],
    ['steps', { configurations: Infinity, steps: 1000 }],
  ])('take no verdict away from keys that come after a hard one: %s', (bound, few) => {
    const all = followedBy(followedBy(hard(8), written(...bad), 1), written(...good), 2);
    const events = all.map((event, index) => ({ ...event, index }));
    const { verdict, keys } = check(events, register, few);
    expect(verdict).toBe('no');
    expect(keys.map((key) => key.verdict)).toEqual(['unknown', 'no', 'yes']);
    expect(keys[0]).toMatchObject({ bound: bound === 'steps' ? 'steps' : 'verdict' });
    expect(check(events, register, few)).toMatchObject({ verdict, keys });
  });

  test('share the steps between hard keys', () => {
    const both = followedBy(hard(8), hard(4), 1).map((event, index) => ({ ...event, index }));
    const alone = check(hard(4), register, { configurations: Infinity, steps: Infinity });
    expect(alone.verdict).toBe('no');
    const few = { configurations: Infinity, steps: 10 * alone.steps };
    expect(check(both, register, few).keys.map((key) => key.verdict)).toEqual(['unknown', 'no']);
  });

  test('receive the progress of the check until they end it', () => {
    const reports: CheckProgress[] = [];
    const onProgress = ({ keys, of, steps }: CheckProgress): boolean => reports.push({ keys, of, steps }) < 3;
    const both = followedBy(hard(8), hard(8), 1);
    const checked = check(both, register, { configurations: Infinity, steps: Infinity, onProgress });
    expect(reports).toEqual([4096, 8192, 12_288].map((steps) => ({ keys: 0, of: 2, steps })));
    expect(checked.steps).toBe(12_288);
  });

  test('leave the whole history as the window if they end the search for the smallest', () => {
    const events = written(...['0 invoke write 1', '0 ok write 1', '0 invoke read', '0 ok read 2']);
    const steps = check(events, register, bounds).steps;
    const few = check(events, register, { configurations: 1000, steps: steps - 1 });
    expect(few.keys).toMatchObject([{ verdict: 'no', window: { first: 0, last: 3, isSmallest: false } }]);
    expect(check(events, register, bounds).keys).toMatchObject([
      { verdict: 'no', window: { first: 2, last: 3, isSmallest: true } },
    ]);
  });
});
