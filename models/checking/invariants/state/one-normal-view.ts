import type { World } from '../../../world/world.ts';
import type { SettledInvariant } from '../invariant.ts';

/** A group that never agrees on a view orders nothing, however healthy its machines are. */
export const oneNormalView: SettledInvariant = {
  name: 'one-normal-view',
  level: 'state',
  prose:
    'Once faults have stopped for long enough, all running replicas are normal in one view, including ' +
    'those that were recovering.',
  evidence: {
    reached: { 'view-change-abandoned': 20 },
    brokenBy: { mutant: 'no-viewchange-retry', replicas: 3, mode: 'durable' },
  },
  check({ machines }: World) {
    const running = machines.flatMap(({ replica }) => (replica === undefined ? [] : [replica]));
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
