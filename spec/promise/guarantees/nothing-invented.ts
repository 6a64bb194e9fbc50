import { submissionOf } from '../model/history.ts';
import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it the copies could agree on requests that no client has sent. */
export const nothingInvented: Guarantee = {
  name: 'nothing-invented',
  kind: 'validity',
  prose: 'Copies execute only requests that a client has submitted, with the operation that the client gave.',
  check(state, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, request } = observation;
    if (submissionOf(state, request) >= 0) return undefined;
    const operation = JSON.stringify(request.operation);
    return `Copy ${copy} executed ${nameOf(request)}, ${operation}, which no client has submitted.`;
  },
};
