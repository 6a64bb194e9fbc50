import { hasShown } from '../../ghost/clockHistory.ts';
import type { Invariant } from '../invariant.ts';

/** A clock that was wrong in an earlier view, and has been set right, must not bear witness for another that is wrong now. */
export const clocksAreReported: Invariant = {
  name: 'clocks-are-reported',
  level: 'step',
  prose: 'What a replica knows of another machine’s clock is what that clock has shown since the view began.',
  evidence: {
    reached: { 'clock-jumped': 100, 'primacy-returns': 20 },
    brokenBy: { mutant: 'clocks-kept-across-views', replicas: 3, mode: 'durable' },
  },
  check({ ghostState, old, now: { replica } }) {
    if (replica === undefined) return undefined;
    if (replica.clocks === old.replica?.clocks && replica.viewNumber === old.replica.viewNumber)
      return undefined;
    const { viewNumber, clocks } = replica;
    // While the replica changes views, it orders nothing.
    if (replica.status !== 'normal') return undefined;
    const wrong = clocks.findIndex(
      (time, other) => time > 0 && !hasShown(ghostState.clocks, viewNumber, other, time, clocks.length),
    );
    return wrong < 0
      ? undefined
      : `It takes the clock of r${wrong} to show ${clocks[wrong]}, which it has not shown since view ${viewNumber} began.`;
  },
};
