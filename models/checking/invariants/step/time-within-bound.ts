import { latestSince, reachedByQuorum } from '../../ghost/clockHistory.ts';
import type { Invariant } from '../invariant.ts';

/**
 * A quorum holds more clocks than may be wrong, so that one of them at least is right. A message may report a clock late, but
 * not one that was shown before the view began. While the log is ahead of the clocks, its time crawls by less than the bound.
 */
export const timeWithinBound: Invariant = {
  name: 'time-within-bound',
  level: 'step',
  prose:
    'A primary gives an entry no time that is ahead of the clocks by more than the bound: ahead of the latest time that ' +
    'the clocks of a quorum have reached in its view.',
  evidence: {
    reached: { 'clock-jumped': 100, 'clock-not-believed': 20 },
    brokenBy: { mutant: 'clock-believed', replicas: 3, mode: 'durable' },
  },
  check({ before, after, ghostState, old, now }) {
    const [earlier, replica] = [old.replica, now.replica];
    if (earlier === undefined || replica === undefined || replica.log === earlier.log) return undefined;
    const time = replica.log.lastTime;
    const advance = time - earlier.log.lastTime;
    const isOrdered = earlier.status === 'normal' && before.implementation.isPrimary(earlier);
    if (!isOrdered || replica.status !== 'normal' || advance === 0) return undefined;
    const { clockBound, quorum, size } = after.configuration;
    if (time <= reachedByQuorum(after.clocks, quorum) + clockBound || advance <= clockBound / 2)
      return undefined;
    const reached = reachedByQuorum(latestSince(ghostState.clocks, replica.viewNumber, size), quorum);
    if (time <= reached + clockBound) return undefined;
    const bound = `the bound is ${clockBound} ms`;
    return `It ordered an entry at ${time}; since its view began, the clocks of a quorum reached ${reached}, and ${bound}.`;
  },
};
