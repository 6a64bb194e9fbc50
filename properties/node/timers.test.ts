import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Timers } from '../../impl/node/driver/timers.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Timers, and the name and time in milliseconds of each that has fired. */
function watchedTimers(): { readonly timers: Timers; readonly fired: readonly string[] } {
  const since = performance.now();
  const fired: string[] = [];
  return { timers: new Timers((name) => fired.push(`${name} ${performance.now() - since}`)), fired };
}

test('a timer fires once, at the time to which it was set last', () => {
  const { timers, fired } = watchedTimers();
  timers.arm('resend', 100);
  timers.arm('suspect', 30);
  vi.advanceTimersByTime(20);
  timers.arm('resend', 40);
  timers.arm('suspect', 60);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual(['resend 60', 'suspect 80']);
});

test.each([10, 200])('a timer that was stopped fires only after it is set again, to %i ms', (delay) => {
  const { timers, fired } = watchedTimers();
  timers.arm('resend', 100);
  vi.advanceTimersByTime(20);
  timers.arm('resend', 0);
  timers.arm('suspect', 50);
  timers.arm('suspect', 0);
  timers.arm('resend', delay);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual([`resend ${20 + delay}`]);
});

test('a timer that is set again when it fires keeps one timer of Node, and none once it is stopped', () => {
  const { timers, fired } = watchedTimers();
  timers.arm('heartbeat', 10);
  vi.advanceTimersByTime(10);
  timers.arm('heartbeat', 10);
  expect(vi.getTimerCount()).toBe(1);
  timers.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(1000);
  expect(fired).toEqual(['heartbeat 10']);
});
