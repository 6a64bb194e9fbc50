import type { Replica } from '../../../../impl/index.ts';
import type { Invariant } from '../invariant.ts';

/** A view has one primary, and replicas follow its order alone in that view. */
export const sameViewSameLog: Invariant = {
  name: 'same-view-same-log',
  level: 'state',
  prose: 'Of two logs with the same last normal view, one is a prefix of the other.',
  evidence: {
    reached: { 'view-started': 50, 'suffix-discarded': 1 },
    brokenBy: { mutant: 'prepare-adopts-view', replicas: 3, mode: 'durable' },
  },
  check({ old, now, after, number, ghostState }) {
    const { replica } = now;
    if (replica === undefined || replica.status === 'recovering') return undefined;
    if (replica.log === old.replica?.log && replica.lastNormalView === old.replica.lastNormalView)
      return undefined;
    const { identities } = ghostState;
    for (const { replica: other } of after.machines) {
      if (other === undefined || other === replica || other.status === 'recovering') continue;
      if (other.lastNormalView !== replica.lastNormalView) continue;
      if (identities.agree(replica.log, other.log)) continue;
      return differ(number, replica, other, identities.commonLength(replica.log, other.log));
    }
    return undefined;
  },
};

function differ(number: number, replica: Replica, other: Replica, common: number): string {
  const both = `r${number} and r${other.replicaNumber}`;
  return `${both} have the last normal view ${replica.lastNormalView}, and logs that differ after entry ${common}.`;
}
