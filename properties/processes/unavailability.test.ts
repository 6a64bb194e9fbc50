import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import type { InjectedFault } from '../../models/processes/faults/nemesis.ts';
import { longestUnavailability } from '../../models/processes/results/unavailability.ts';

/** A client whose operation begins at 0, is answered at these milliseconds, and ends with unknown outcome at 100. */
function answeredAt(...times: readonly number[]): readonly HistoryEvent[] {
  const event = (time: number, type: HistoryEvent['type'], index: number): HistoryEvent => ({
    ...{ index, time: time * 1e6, process: 0, type, f: 'read', value: [0, null] },
  });
  return [
    event(0, 'invoke', 0),
    ...times.map((time, place) => event(time, 'ok', place + 1)),
    event(100, 'info', times.length + 1),
  ];
}

const killed = (nodes: readonly number[], from: number, until: number | undefined): InjectedFault => ({
  ...{ fault: { kind: 'kill', nodes, from, until: until ?? 1000 }, from, until },
});
const parted = (groups: readonly (readonly number[])[], from: number, until: number): InjectedFault => ({
  ...{ fault: { kind: 'partition', shape: 'isolated', groups, from, until }, from, until },
});

describe('the longest unavailability', () => {
  it.each([
    ['lasts from one answer to the next', answeredAt(10, 50, 90), [], 40],
    ['begins with the first operation', answeredAt(60, 90), [], 60],
    ['ends with the last', answeredAt(10, 20), [], 80],
    ['continues while a minority is down', answeredAt(10, 90), [killed([0], 5, 95)], 80],
    ['excludes times when a majority is down', answeredAt(10, 90), [killed([0, 1], 10, 85)], 10],
    ['restarts when a fault begins or ends', answeredAt(10, 90), [killed([0], 40, 70)], 30],
    ['continues during a fault that never ends', answeredAt(10, 60, 90), [killed([0], 5, undefined)], 50],
    ['continues while a majority is connected', answeredAt(10, 90), [parted([[0], [1, 2]], 5, 95)], 80],
    [
      'excludes times when a node of the majority side is down',
      answeredAt(10, 90),
      [parted([[0], [1, 2]], 5, 95), killed([1], 5, 95)],
      5,
    ],
    [
      'excludes times when no node hears a majority',
      answeredAt(10, 90),
      [parted([[0], [1], [2]], 10, 90)],
      10,
    ],
  ] as const)('%s', (_, history, injected, longest) => {
    expect(longestUnavailability(history, injected, 3)).toBe(longest);
  });

  it('is zero in a history without operations', () => {
    expect(longestUnavailability([], [], 3)).toBe(0);
  });
});
