import type { Invariant } from '../invariant.ts';

/**
 * The other replicas count on what a replica acknowledged in a view: only the log of a later view may replace
 * it.
 */
export const logStays: Invariant = {
  name: 'log-stays',
  level: 'step',
  prose: 'While the last normal view of a running replica stays the same, its log only grows at the end.',
  evidence: {
    reached: { answered: 200, 'startview-repeated': 20, 'view-started': 50 },
    brokenBy: { mutant: 'startview-reapplied', replicas: 3, mode: 'durable' },
  },
  check({ old, now, ghostState }) {
    if (old.replica === undefined || now.replica === undefined || old.replica.log === now.replica.log)
      return undefined;
    if (old.replica.lastNormalView !== now.replica.lastNormalView || old.replica.status === 'recovering')
      return undefined;
    if (ghostState.identities.isPrefix(old.replica.log, now.replica.log)) return undefined;
    const common = ghostState.identities.commonLength(old.replica.log, now.replica.log);
    return `Of ${old.replica.log.length} entries it kept ${common} as they were, in the same last normal view.`;
  },
};
