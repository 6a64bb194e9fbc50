import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it an answer would be worth no more than the next power cut allows. */
export const neverLost: Guarantee = {
  name: 'never-lost',
  kind: 'durability',
  prose:
    'Whatever any copy has executed, and hence whatever any client has been answered, outlives the loss ' +
    'of as many copies as the service promises to survive, at every moment and whichever they are.',
  check(state, observation) {
    if (observation.kind !== 'kept') return undefined;
    const first = state.history[observation.positions];
    if (first === undefined) return undefined;
    const seen = `Of ${state.history.length} executed requests only ${observation.positions} would survive`;
    return `${seen}: ${nameOf(first.request)} could be lost.`;
  },
};
