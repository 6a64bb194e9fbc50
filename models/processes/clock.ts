/** Time as the workbench knows it, so that a whole run can also be tried in a time that nobody has to wait for. */
export interface Clock {
  /** Milliseconds since the beginning, with a fraction. */
  now(): number;
  /** Runs something after so many milliseconds, unless the function that is returned is called before. */
  after(milliseconds: number, run: () => void): () => void;
}

/** A clock that begins now. It is as fine as the timers of Node, which take a millisecond at least. */
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

/** Waits for so many milliseconds. Rejects as soon as the signal is given, with its reason. */
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
