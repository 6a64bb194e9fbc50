import { nameOf, sameIdentity } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a client that tries again, having heard nothing, might pay twice. */
export const exactlyOnce: Guarantee = {
  name: 'exactly-once',
  kind: 'exactly-once',
  prose:
    'A request takes effect once, however often its client had to send it: ' +
    'the history never holds it at two positions.',
  check(state, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, position, request } = observation;
    // Most executions repeat, at another copy, what the history has at this very position.
    const here = state.history[position - 1];
    if (here !== undefined && sameIdentity(here.request, request)) return undefined;
    const elsewhere = state.history.findLastIndex((entry) => sameIdentity(entry.request, request));
    if (elsewhere < 0) return undefined;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    return `${seen}, but the history has it at position ${elsewhere + 1}.`;
  },
};
