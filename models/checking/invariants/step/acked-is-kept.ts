import type { Invariant } from '../invariant.ts';

/** The primary counts an acknowledgement for as long as the view lasts. */
export const ackedIsKept: Invariant = {
  name: 'acked-is-kept',
  level: 'step',
  prose:
    'A replica that is normal in the view in which it last acknowledged entries holds all that it ' +
    'acknowledged there, also after a crash.',
  evidence: {
    reached: { answered: 200 },
    brokenBy: { mutant: 'prepare-before-startview', replicas: 3, mode: 'diskless' },
  },
  check({ now: { replica }, number, ghostState }) {
    const { acknowledgedView = 0, acknowledged = 0 } = ghostState.sent[number] ?? {};
    if (replica?.status !== 'normal' || replica.viewNumber !== acknowledgedView) return undefined;
    if (replica.log.length >= acknowledged) return undefined;
    return `It acknowledged ${acknowledged} entries in view ${acknowledgedView}, and holds ${replica.log.length} of them.`;
  },
};
