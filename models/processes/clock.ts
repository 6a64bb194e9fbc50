/** Time as the workbench sees it. Tests replace it with a virtual clock, so that a whole run takes no real time. */
export interface Clock {
  /** Milliseconds since the clock began, with a fraction. */
  now(): number;
  /** Calls `run` after this many milliseconds. Calling the returned function before then cancels it. */
  after(milliseconds: number, run: () => void): () => void;
}

/** A clock that begins now. Its timers are Node's: none is shorter than a millisecond. */
export function realClock(): Clock {
  const origin = performance.now();
  return {
    now: () => performance.now() - origin,
    after: (milliseconds, run) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

/** Resolves after this many milliseconds. Rejects with the signal's reason as soon as the signal aborts. */
export function sleep(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      cancel();
      reject(signal.reason);
    };
    const cancel = clock.after(milliseconds, () => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
    signal.addEventListener('abort', stop, { once: true });
  });
}
