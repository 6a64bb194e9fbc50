import { nameOf, sameIdentity } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a client that repeats a request because it heard no answer could pay twice. */
export const exactlyOnce: Guarantee = {
  name: 'exactly-once',
  kind: 'exactly-once',
  prose:
    'A request takes effect once, however often its client sends it: the history holds it at one position ' +
    'only.',
  check(state, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, position, request } = observation;
    // Most executions repeat, at another copy, the history's own request at this position.
    const here = state.history[position - 1];
    if (here !== undefined && sameIdentity(here.request, request)) return undefined;
    const elsewhere = state.history.findLastIndex((entry) => sameIdentity(entry.request, request));
    if (elsewhere < 0) return undefined;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    return `${seen}, but the history has it at position ${elsewhere + 1}.`;
  },
};
