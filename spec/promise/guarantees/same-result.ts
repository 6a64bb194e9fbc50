import { nextEntry } from '../model/history.ts';
import { sameJson } from '../model/json.ts';
import { nameOf, sameRequest } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it the copies could agree on every request and differ in the results. */
export const sameResult: Guarantee = {
  name: 'same-result',
  kind: 'agreement',
  prose:
    'Each copy gets, for each request, the result that a single service gets by executing the history ' +
    'from its beginning. Copies with equal histories have equal states.',
  check(state, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, position, request, predicted, result } = observation;
    const fresh = position === state.history.length + 1;
    const entry = fresh ? nextEntry(state, request, predicted) : state.history[position - 1];
    // Another request at this position breaks `one-order`, and its result cannot be compared.
    if (entry === undefined || !sameRequest(entry.request, request)) return undefined;
    if (sameJson(entry.result, result)) return undefined;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    const [here, there] = [JSON.stringify(result), JSON.stringify(entry.result)];
    return `${seen} with the result ${here}, but the history gives ${there}.`;
  },
};
