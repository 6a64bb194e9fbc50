import type { SettledInvariant } from '../invariant.ts';
import { liveReplicas } from './diverged-is-alarmed.ts';

/** A group that never agrees on a view orders nothing, however healthy its machines are. */
export const oneNormalView: SettledInvariant = {
  name: 'one-normal-view',
  level: 'state',
  prose:
    'Once faults have stopped for long enough, all running replicas are normal in one view, including ' +
    'those that were recovering. A replica that has stopped for good does not count.',
  evidence: {
    reached: { 'view-change-abandoned': 20 },
    brokenBy: { mutant: 'no-viewchange-retry', replicas: 3, mode: 'durable' },
  },
  check(world) {
    const running = liveReplicas(world);
    if (
      running.every(({ status, viewNumber }) => status === 'normal' && viewNumber === running[0]?.viewNumber)
    ) {
      return undefined;
    }
    return running
      .map(({ replicaNumber, status, viewNumber }) => `r${replicaNumber} is ${status} in view ${viewNumber}`)
      .join(', ');
  },
};
