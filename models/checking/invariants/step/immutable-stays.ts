import type { Invariant } from '../invariant.ts';

/** Messages are sent and records are written after the step, and share their parts with the replica. */
export const immutableStays: Invariant = {
  name: 'immutable-stays',
  level: 'step',
  prose:
    'A step changes no message, record, log or checkpoint that was there before it, and nothing else that the ' +
    'replica declares to be immutable.',
  evidence: {
    reached: { answered: 200, 'log-compacted': 100, 'executed-past-checkpoint-in-place': 20 },
    brokenBy: { mutant: 'checkpoint-shares-table', replicas: 3, mode: 'durable' },
  },
  concerns: ({ inPlace }) => inPlace === true,
  check({ after }) {
    return after.last?.changed;
  },
};
