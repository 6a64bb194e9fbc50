import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '../../models/histories/events/event.ts';
import type { InjectedFault } from '../../models/processes/faults/nemesis.ts';
import { longestUnavailability } from '../../models/processes/results/unavailability.ts';

/** Operations that were answered at these milliseconds, of one that was begun at 0 and one that never was answered, at 100. */
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

describe('the longest time without an answer', () => {
  it.each([
    ['goes from one answer to the next', answeredAt(10, 50, 90), [], 40],
    ['begins with the first operation', answeredAt(60, 90), [], 60],
    ['ends with the last', answeredAt(10, 20), [], 80],
    ['goes on where a minority is down', answeredAt(10, 90), [killed([0], 5, 95)], 80],
    ['does not count where a majority is down', answeredAt(10, 90), [killed([0, 1], 10, 85)], 10],
    ['counts anew where a fault begins or ends', answeredAt(10, 90), [killed([0], 40, 70)], 30],
    ['goes on while a fault was never ended', answeredAt(10, 60, 90), [killed([0], 5, undefined)], 50],
    ['goes on where a majority hears each other', answeredAt(10, 90), [parted([[0], [1, 2]], 5, 95)], 80],
    [
      'does not count where one of that side is down',
      answeredAt(10, 90),
      [parted([[0], [1, 2]], 5, 95), killed([1], 5, 95)],
      5,
    ],
    [
      'does not count where nobody hears a majority',
      answeredAt(10, 90),
      [parted([[0], [1], [2]], 10, 90)],
      10,
    ],
  ] as const)('%s', (_, history, suffered, longest) => {
    expect(longestUnavailability(history, suffered, 3)).toBe(longest);
  });

  it('is none where nobody asked', () => {
    expect(longestUnavailability([], [], 3)).toBe(0);
  });
});
