import type { Replica } from '../../../../impl/index.ts';
import { hasShown } from '../../ghost/clockHistory.ts';
import type { GhostState } from '../../ghost/ghostState.ts';
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
    // While the replica changes views, it orders nothing.
    return replica.status === 'normal' ? neverShown(ghostState, replica) : undefined;
  },
};

function neverShown({ clocks: changes }: GhostState, { viewNumber, clocks }: Replica): string | undefined {
  const wrong = clocks.findIndex(
    (time, other) => time > 0 && !hasShown(changes, viewNumber, other, time, clocks.length),
  );
  return wrong < 0
    ? undefined
    : `It takes the clock of r${wrong} to show ${clocks[wrong]}, which it has not shown since view ${viewNumber} began.`;
}
