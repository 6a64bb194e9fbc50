import type { Invariant } from '../invariant.ts';

/** The primary goes on counting what was acknowledged to it for as long as the view lasts. */
export const ackedIsKept: Invariant = {
  name: 'acked-is-kept',
  level: 'step',
  prose:
    'Who is normal in the view in which it last acknowledged anything holds all that it acknowledged there, ' +
    'crash or no crash.',
  evidence: {
    reached: { answered: 200 },
    brokenBy: { mutant: 'prepare-before-startview', replicas: 3, mode: 'diskless' },
  },
  check({ now: { replica }, number, ghostState }) {
    const { acknowledgedView: acknowledgedIn = 0, acknowledged = 0 } = ghostState.sent[number] ?? {};
    if (replica?.status !== 'normal' || replica.viewNumber !== acknowledgedIn) return undefined;
    if (replica.log.length >= acknowledged) return undefined;
    return `It acknowledged ${acknowledged} entries in view ${acknowledgedIn}, and holds ${replica.log.length} of them.`;
  },
};
