import type { Invariant } from '../invariant.ts';

/** Pieces from several answers must add up to a log that exists. */
export const fetchedFits: Invariant = {
  name: 'fetched-fits',
  level: 'state',
  prose:
    "The entries that a replica has fetched so far of a view's log agree with every log of that view: one " +
    'is a prefix of the other.',
  evidence: {
    reached: { 'transfer-to-later-view': 5 },
    brokenBy: { mutant: 'newstate-keeps-suffix', replicas: 3, mode: 'durable' },
  },
  check({ old, now, after, ghostState }) {
    const transfer = now.replica?.transfer;
    if (transfer === undefined || transfer === old.replica?.transfer) return undefined;
    const { identities } = ghostState;
    for (const { replica: other } of after.machines) {
      if (other === undefined || other.status === 'recovering') continue;
      if (other.lastNormalView !== transfer.viewNumber) continue;
      if (identities.agree(transfer.log, other.log)) continue;
      const common = identities.commonLength(transfer.log, other.log);
      return `Of the log of view ${transfer.viewNumber} it has ${transfer.log.length} entries, which differ from those of r${other.replicaNumber} after entry ${common}.`;
    }
    return undefined;
  },
};
