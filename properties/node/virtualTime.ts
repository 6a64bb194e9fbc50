import { vi } from 'vitest';

/** How many turns of the event loop one virtual millisecond lasts: messages and writes in memory take a turn or two. */
const turns = 10;

/**
 * Runs the work while timers, and the clock that they read, follow a virtual clock, which advances with the turns of the event
 * loop. So a slow machine fires no timer earlier, relative to the work, than a fast one. Sockets and real disks stay outside.
 */
export async function inVirtualTime<Result>(work: () => Promise<Result>): Promise<Result> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  let isOver = false;
  const advancing = advance(() => isOver);
  try {
    return await work();
  } finally {
    isOver = true;
    await advancing;
    vi.useRealTimers();
  }
}

async function advance(isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    vi.advanceTimersByTime(1);
  }
}
