/** What timers read and wait by. Times are milliseconds. */
export interface Clock {
  /** Since any moment; it never goes back. */
  now(): number;
  /** Calls back once after this time, which may be Infinity, unless the function that it returns is called before. */
  after(delay: number, callBack: () => void): () => void;
}

/** The clocks of a machine, and its turns. */
export interface MachineClock extends Clock {
  /** The time of day, since 1970. It may jump. */
  time(): number;
  /** Calls back at the end of this turn of the event loop, after the input that is at hand. */
  soon(callBack: () => void): void;
}

/** The longest delay of Node's timers, in milliseconds: a longer one fires at once. */
const longestTimeout = 2 ** 31 - 1;

/** The clocks of this process. */
export const processClock: MachineClock = {
  now: () => performance.now(),
  time: () => Date.now(),
  after: (delay, callBack) => {
    let timeout: NodeJS.Timeout;
    const wait = (rest: number): void => {
      const isLast = rest <= longestTimeout;
      timeout = setTimeout(
        isLast ? callBack : () => wait(rest - longestTimeout),
        Math.min(rest, longestTimeout),
      );
    };
    wait(delay);
    return () => clearTimeout(timeout);
  },
  soon: (callBack) => {
    setImmediate(callBack);
  },
};
