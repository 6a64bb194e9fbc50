import { isHalted, type Setup } from '../../world/world.ts';
import type { Invariant } from '../invariants/invariant.ts';
import { mismatchOf } from './mismatch.ts';

/** Without it the implementation does something of which the specification does not know whether it keeps the promise. */
export const followsProtocol: Invariant = {
  name: 'follows-protocol',
  level: 'step',
  prose:
    'Each step of a replica is one that the protocol allows: a short sequence of its actions leads from what the replica ' +
    'had in memory and on disk to what it has now, and each message that it sends is true.',
  evidence: {
    reached: { 'view-started': 20, answered: 20 },
    brokenBy: { mutant: 'ack-before-durable', replicas: 3, mode: 'durable' },
  },
  // The protocol knows no storage that gives back another entry, and no group before it was founded.
  concerns: ({ altered, unfounded, overload }: Setup) =>
    altered === undefined && unfounded === undefined && overload === undefined,
  check(step) {
    if (isHalted(step.old) || isHalted(step.now)) return undefined;
    return mismatchOf(step);
  },
};
