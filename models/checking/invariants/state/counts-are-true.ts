import type { Invariant } from '../invariant.ts';

/** A quorum of acknowledgements is one only if each replica gave its own, in this view. */
export const countsAreTrue: Invariant = {
  name: 'counts-are-true',
  level: 'state',
  prose:
    'A primary counts an uncommitted entry as held by another replica only if that replica has ' +
    'acknowledged it in this view.',
  evidence: {
    reached: { answered: 200 },
    brokenBy: { mutant: 'count-acks-not-senders', replicas: 3, mode: 'durable' },
  },
  check({ old, now: { replica }, number, ghostState }) {
    if (replica?.status !== 'normal') return undefined;
    // Entries that were committed before are held by a quorum already.
    const committed = old.replica?.commitNumber ?? 0;
    for (let other = 0; other < replica.acknowledged.length; other++) {
      const counted = replica.acknowledged[other] ?? 0;
      const sent = ghostState.sent[other];
      // The ghost state keeps a replica's acknowledgements of its latest view only.
      if (
        other === number ||
        counted <= committed ||
        sent === undefined ||
        sent.acknowledgedView > replica.viewNumber
      )
        continue;
      const acknowledged = sent.acknowledgedView === replica.viewNumber ? sent.acknowledged : 0;
      if (counted > acknowledged)
        return `It counts entry ${counted} for r${other}, which has acknowledged ${acknowledged} in view ${replica.viewNumber}.`;
    }
    return undefined;
  },
};
