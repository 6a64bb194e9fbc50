import type { ClientStep, Invariant, ReplicaStep } from '../invariant.ts';

/** An exception in the middle of a step would leave half of it done. */
export const neverThrows: Invariant = {
  name: 'never-throws',
  level: 'step',
  prose: 'No input makes a replica or a client throw.',
  evidence: {
    reached: { answered: 200, 'view-started': 50 },
    brokenBy: { mutant: 'late-vote-cut-at-commit', replicas: 3, mode: 'durable' },
  },
  check: thrownIn,
  checkClient: thrownIn,
};

function thrownIn({ after: { last } }: ReplicaStep | ClientStep): string | undefined {
  return last?.thrown === undefined ? undefined : `The step threw: ${last.thrown}`;
}
