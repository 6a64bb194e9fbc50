import type { Invariant } from '../invariant.ts';

/** A quorum of acknowledgements is a quorum only if each was given, and for this view. */
export const countsAreTrue: Invariant = {
  name: 'counts-are-true',
  level: 'state',
  prose:
    'What is not committed yet a primary counts for each other replica only as far as that one has acknowledged it in ' +
    'this view.',
  evidence: {
    reached: { answered: 200 },
    brokenBy: { mutant: 'count-acks-not-senders', replicas: 3, mode: 'durable' },
  },
  check({ old, now: { replica }, number, ghostState }) {
    if (replica?.status !== 'normal') return undefined;
    // Who holds what was committed before does not matter any more.
    const committed = old.replica?.commitNumber ?? 0;
    for (let other = 0; other < replica.acknowledged.length; other++) {
      const counted = replica.acknowledged[other] ?? 0;
      const said = ghostState.sent[other];
      // What it acknowledged in a view that it has left is not remembered.
      if (
        other === number ||
        counted <= committed ||
        said === undefined ||
        said.acknowledgedView > replica.viewNumber
      )
        continue;
      const acknowledged = said.acknowledgedView === replica.viewNumber ? said.acknowledged : 0;
      if (counted > acknowledged)
        return `It counts entry ${counted} for r${other}, which has acknowledged ${acknowledged} in view ${replica.viewNumber}.`;
    }
    return undefined;
  },
};
