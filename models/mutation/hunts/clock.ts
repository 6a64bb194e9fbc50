import { readFileSync } from 'node:fs';

/** What seconds are measured by: the processor's time of one thread, or, where no system tells that, the time of day. */
export type Clock = 'thread' | 'wall';

/** Linux tells there how many nanoseconds the thread that reads it has computed. Node itself knows only of processes. */
const file = '/proc/thread-self/schedstat';

/** By which clock this system can measure. */
export const clock: Clock = threadNanoseconds() > 0 ? 'thread' : 'wall';

/** Seconds since some moment, by that clock. Threads that other threads hold up age no faster. */
export function secondsNow(): number {
  return clock === 'thread' ? threadNanoseconds() / 1e9 : performance.now() / 1000;
}

function threadNanoseconds(): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]) || 0;
  } catch {
    return 0;
  }
}
