import { readFileSync } from 'node:fs';

/** How seconds are measured: in processor time of one thread, or in wall-clock time where the system does not tell that. */
export type HuntClock = 'thread' | 'wall';

/** On Linux, the nanoseconds that the reading thread has used. Node itself measures only whole processes. */
const file = '/proc/thread-self/schedstat';

/** The clock of this system. */
export const clock: HuntClock = threadNanoseconds() > 0 ? 'thread' : 'wall';

/** Seconds since an arbitrary moment, by that clock. A thread that waits for a processor spends no processor time. */
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
