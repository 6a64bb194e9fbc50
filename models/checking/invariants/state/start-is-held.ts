import type { Invariant } from '../invariant.ts';

/**
 * A log counts as one of its last normal view, so it must hold the entries that every other replica assumes
 * of that view.
 */
export const startIsHeld: Invariant = {
  name: 'start-is-held',
  level: 'state',
  prose: 'A replica holds the whole log with which its last normal view was announced.',
  evidence: {
    reached: { answered: 200, 'view-started': 50 },
    brokenBy: { mutant: 'lnv-raised-on-getstate', replicas: 3, mode: 'durable' },
  },
  check({ old, now: { replica }, ghostState }) {
    if (replica === undefined || replica.status === 'recovering') return undefined;
    if (replica.log === old.replica?.log && replica.lastNormalView === old.replica.lastNormalView)
      return undefined;
    const { lastNormalView, log } = replica;
    const start = ghostState.started[lastNormalView];
    if (start === undefined || ghostState.identities.isPrefix(start, log)) return undefined;
    const common = ghostState.identities.commonLength(start, log);
    return `Its last normal view is ${lastNormalView}, which began with ${start.length} entries, and it holds ${common} of them.`;
  },
};
