import { brokenInvariant } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/**
 * The invariants that the core states at the fields of a replica, checked after every step of the world.
 * Fields that contradict each other mean that a handler trusted a message that it should have rejected.
 */
export const withinBounds: Invariant = {
  name: 'within-bounds',
  level: 'step',
  prose:
    'The fields of a replica agree with each other. The last normal view never exceeds the view-number, ' +
    'nor the commit-number the op-number. A normal replica is in its last normal view. A message is held ' +
    'only for a write that is not yet durable. A log begins no later than its first checkpoint.',
  evidence: {
    reached: { answered: 200, 'view-started': 50 },
    brokenBy: { mutant: 'commit-past-log', replicas: 3, mode: 'durable' },
  },
  check({ now: { replica } }) {
    return replica && brokenInvariant(replica);
  },
};
