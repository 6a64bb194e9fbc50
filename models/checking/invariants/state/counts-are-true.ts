import type { StepClaim } from '../invariant.ts';

/** A quorum of acknowledgements is a quorum only if each was given, and for this view. */
export const countsAreTrue: StepClaim = {
  name: 'counts-are-true',
  level: 'cluster',
  prose:
    'What is not committed yet a primary counts for each other replica only as far as that one has acknowledged it in ' +
    'this view.',
  broken({ old, now: { replica }, number, chronicle }) {
    if (replica?.status !== 'normal') return undefined;
    // Who holds what was committed before does not matter any more.
    const committed = old.replica?.commitNumber ?? 0;
    for (let other = 0; other < replica.acknowledged.length; other++) {
      const counted = replica.acknowledged[other] ?? 0;
      const said = chronicle.sayings[other];
      // What it acknowledged in a view that it has left is not remembered.
      if (
        other === number ||
        counted <= committed ||
        said === undefined ||
        said.acknowledgedIn > replica.viewNumber
      )
        continue;
      const acknowledged = said.acknowledgedIn === replica.viewNumber ? said.acknowledged : 0;
      if (counted > acknowledged)
        return `It counts entry ${counted} for r${other}, which has acknowledged ${acknowledged} in view ${replica.viewNumber}.`;
    }
    return undefined;
  },
};
