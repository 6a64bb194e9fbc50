import { nameOf, sameIdentity, sameRequest } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it the copies would be several services, and a client would depend on which one it reaches. */
export const oneOrder: Guarantee = {
  name: 'one-order',
  kind: 'agreement',
  prose:
    'All copies execute the same requests in the same order. What one copy has executed at a position, no ' +
    'copy replaces by another request or leaves out.',
  check(state, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, position, request } = observation;
    const known = state.history.length;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    if (position > known + 1) {
      return `${seen}, but nothing has been executed at position ${known + 1} yet.`;
    }
    const entry = state.history[position - 1];
    if (entry === undefined || sameRequest(entry.request, request)) return undefined;
    if (!sameIdentity(entry.request, request))
      return `${seen}, where the history has ${nameOf(entry.request)}.`;
    const [here, there] = [JSON.stringify(request.operation), JSON.stringify(entry.request.operation)];
    return `${seen} with the operation ${here}, where the history has it with ${there}.`;
  },
};
