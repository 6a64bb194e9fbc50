import type { SettledInvariant } from '../invariant.ts';

/** What is agreed must be near the clocks of a group in which at most the primary's clock is wrong. */
export const timeFollowsClocks: SettledInvariant = {
  name: 'time-follows-clocks',
  level: 'state',
  prose:
    'When the clocks are right and have been reported, a request gets the time that they show. While the last entry is ' +
    'ahead of them by more than the bound, the agreed time advances, at most half as fast as they do. If only the primary’s ' +
    'clock is wrong, by more than the bound, it raises one alarm, and the request gets a time within the bound.',
  evidence: {
    reached: { 'time-crawls': 5, 'clock-not-believed': 20 },
    brokenBy: { mutant: 'agreed-time-stands-still', replicas: 3, mode: 'durable' },
  },
  check({ configuration: { clockBound } }, { timed = [] }) {
    for (const [index, request] of timed.entries()) {
      const { clock, primaryClock, before, time, alarms } = request;
      const off = primaryClock - clock;
      const seen = `At ${clock} by the clocks${off === 0 ? '' : ` and ${primaryClock} by the primary’s`}, after an entry at ${before}, a request got the time ${time}`;
      if (alarms !== (Math.abs(off) > clockBound ? 1 : 0)) return `${seen}; ${alarms} alarms were raised.`;
      if (before <= clock + clockBound) {
        const expected = Math.max(clock + Math.min(Math.max(off, -clockBound), clockBound), before);
        if (time !== expected) return `${seen}, not ${expected}.`;
        continue;
      }
      const last = timed[index - 1];
      if (last === undefined || last.time !== before) continue;
      const elapsed = clock - last.clock;
      if (time <= before || 2 * (time - before) > elapsed)
        return `${seen}, ${time - before} ms later, while the clocks advanced by ${elapsed} ms.`;
    }
    return undefined;
  },
};
