import type { Invariant } from '../invariant.ts';

/** What a replica decides must not depend on whether a message has crossed a network. */
export const encodingKeeps: Invariant = {
  name: 'encoding-keeps',
  level: 'step',
  prose:
    'A message that a replica sends or receives, and a record that it writes, comes out of its encoding as it ' +
    'went in, and the schema at the socket accepts it.',
  evidence: {
    reached: { answered: 200, 'encoded-log-received': 100 },
    brokenBy: { mutant: 'decoded-entry-unrandom', replicas: 3, mode: 'durable' },
  },
  concerns: ({ codec }) => codec !== undefined,
  check({ after }) {
    return after.last?.miscoded;
  },
};
