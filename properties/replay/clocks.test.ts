import { expect, test } from 'vitest';
import { SetClock } from '../../models/runs/commands/replicas/setClock.ts';
import { disabledReason } from '../../models/world/enabled.ts';
import { type EventRecord, eventOf } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { perform } from '../../models/world/perform.ts';
import { createWorld, type World } from '../../models/world/world.ts';
import { deliver } from './exampleTrace.ts';

const start = createWorld(realImplementation, { replicas: 3, mode: 'durable', clients: 2 });

function after(world: World, record: EventRecord): World {
  const event = eventOf(world.packets, record);
  if (event === undefined) throw new Error('No such packet.');
  return perform(world, event);
}

/** The times of the primary's log. */
function times(world: World): readonly number[] {
  return (world.machines[0]?.replica?.log.entriesAfter(0) ?? []).map(({ predicted }) => predicted.time);
}

test('a request is ordered at the time that the primary’s clock shows, and no earlier than the one before it', () => {
  const asked: readonly EventRecord[] = [
    { type: 'request', client: 0 },
    { type: 'request', client: 1 },
    { type: 'clock', replica: 0, time: 5000 },
    { type: 'clock', replica: 1, time: 9000 },
    deliver('REQUEST c0/0 s1 c0→r0'),
    { type: 'clock', replica: 0, time: 4000 },
    deliver('REQUEST c1/0 s1 c1→r0'),
  ];
  expect(times(asked.reduce(after, start))).toEqual([5000, 5000]);
});

test('a clock keeps its time while other events happen, and while its machine is down', () => {
  const events: readonly EventRecord[] = [
    { type: 'clock', replica: 0, time: 5000 },
    { type: 'crash', replica: 0, survivors: 0 },
    { type: 'request', client: 0 },
    { type: 'restart', replica: 0 },
  ];
  expect(events.reduce(after, start).clocks).toEqual([5000, 2, 1]);
});

test('no clock of a replica that does not exist can be set', () => {
  expect(disabledReason(start, { type: 'clock', replica: 3, time: 1 })).toBe('there is no such replica');
});

test('the drawn changes of clocks go forwards and back, from a millisecond to ten years, and never below 0', () => {
  const late = { ...start, clocks: start.clocks.map(() => 10 ** 12) };
  const drawn = Array.from({ length: 20_000 }, (_, number) => new SetClock(number * 104_729));
  const changes = drawn.map((command) => {
    const event = command.choose(late);
    return event.type === 'clock' ? event.time - 10 ** 12 : 0;
  });
  const years = 315_576_000_000;
  for (const change of [1, -1, years, -years]) expect(changes).toContain(change);
  expect(Math.min(...changes)).toBe(-years);
  expect(Math.max(...changes)).toBe(years);
  const early = drawn.map((command) => command.choose(start));
  expect(early.filter((event) => event.type === 'clock' && event.time < 0)).toEqual([]);
});
