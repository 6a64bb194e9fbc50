import type { Invariant } from '../invariant.ts';

/** Numbers outside these bounds mean that a handler believed somebody that it should not have believed. */
export const withinBounds: Invariant = {
  name: 'within-bounds',
  level: 'step',
  prose:
    'The last normal view is never above the view-number, and the commit-number never above the op-number.',
  evidence: {
    reached: { answered: 200, 'view-started': 50 },
    brokenBy: { mutant: 'commit-past-log', replicas: 3, mode: 'durable' },
  },
  check({ now }) {
    if (now.replica === undefined) return undefined;
    const { viewNumber, lastNormalView, commitNumber, log } = now.replica;
    if (lastNormalView > viewNumber)
      return `The last normal view is ${lastNormalView}, in view ${viewNumber}.`;
    return commitNumber > log.length
      ? `The commit-number is ${commitNumber}, of ${log.length} entries.`
      : undefined;
  },
};
