import { describeReason } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/** An exception in the middle of a step would leave half of it done. */
export const neverThrows: Invariant = {
  name: 'never-throws',
  level: 'step',
  prose: 'No input makes a replica throw, and no replica rejects a message of a correct one.',
  evidence: {
    reached: { answered: 200, 'view-started': 50 },
    brokenBy: { mutant: 'prepare-adopts-view', replicas: 3, mode: 'durable' },
  },
  check({ after }) {
    if (after.last?.thrown !== undefined) return `The step threw: ${after.last.thrown}`;
    const rejected = after.last?.outputs.find((output) => output.type === 'rejected');
    return rejected?.type === 'rejected'
      ? `A correct replica's message was rejected: ${describeReason(rejected.reason)}.`
      : undefined;
  },
};
