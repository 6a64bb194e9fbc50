import { sameJson } from '../model/json.ts';
import { nameOf, sameRequest } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a client could be told something other than what happened. */
export const replyIsResult: Guarantee = {
  name: 'reply-is-result',
  kind: 'validity',
  prose:
    'The answer that a client accepts is the result of its own request, and the request is in the history ' +
    'by then.',
  check(state, observation) {
    if (observation.kind !== 'answered') return undefined;
    const { request, result } = observation;
    const entry = state.history.findLast((candidate) => sameRequest(candidate.request, request));
    if (entry !== undefined && sameJson(entry.result, result)) return undefined;
    const seen = `The answer to ${nameOf(request)} was ${JSON.stringify(result)}`;
    if (entry === undefined) return `${seen}, but the request is not in the history.`;
    return `${seen}, but its result in the history is ${JSON.stringify(entry.result)}.`;
  },
};
