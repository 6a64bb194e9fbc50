import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { processClock } from '../../../impl/node/platform/clock.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

/** The longest delay of Node's timers. */
const longest = 2 ** 31 - 1;

it.each([1, 1_000, longest, longest + 1, 5 * longest])(
  'The clock of the process calls back after %d ms, and not earlier',
  (delay) => {
    const callBack = vi.fn();
    processClock.after(delay, callBack);
    vi.advanceTimersByTime(delay - 1);
    expect(callBack).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callBack).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  },
);

it('The clock of the process never calls back after Infinity, and holds no timer once that is stopped', () => {
  const callBack = vi.fn();
  const stop = processClock.after(Number.POSITIVE_INFINITY, callBack);
  vi.advanceTimersByTime(3 * longest);
  expect(callBack).not.toHaveBeenCalled();
  stop();
  expect(vi.getTimerCount()).toBe(0);
});
