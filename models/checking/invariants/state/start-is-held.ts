import type { StepClaim } from '../invariant.ts';

/** A log counts as one of its last normal view, so it must hold what everybody else takes for granted in that view. */
export const startIsHeld: StepClaim = {
  name: 'start-is-held',
  level: 'cluster',
  prose: 'Whoever was normal in a view last holds all of the log with which that view was announced.',
  broken({ old, now: { replica }, chronicle }) {
    if (replica === undefined || replica.status === 'recovering') return undefined;
    if (replica.log === old.replica?.log && replica.lastNormalView === old.replica.lastNormalView)
      return undefined;
    const { lastNormalView, log } = replica;
    const start = chronicle.started[lastNormalView];
    if (start === undefined || chronicle.identities.isPrefix(start, log)) return undefined;
    const common = chronicle.identities.commonLength(start, log);
    return `Its last normal view is ${lastNormalView}, which began with ${start.length} entries, and it holds ${common} of them.`;
  },
};
