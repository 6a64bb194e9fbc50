import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it an answer would hold only until the next power cut. */
export const neverLost: Guarantee = {
  name: 'never-lost',
  kind: 'durability',
  prose:
    'Every request that a copy has executed, and so every answer that a client has accepted, survives the ' +
    'loss of as many copies as the service tolerates: at every moment, whichever copies they are.',
  check(state, observation) {
    if (observation.kind !== 'kept') return undefined;
    const first = state.history[observation.positions];
    if (first === undefined) return undefined;
    const seen = `Of ${state.history.length} executed requests only ${observation.positions} would survive`;
    return `${seen}: ${nameOf(first.request)} could be lost.`;
  },
};
