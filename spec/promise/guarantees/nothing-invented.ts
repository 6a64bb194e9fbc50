import { submissionOf } from '../model/history.ts';
import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it the copies could agree, for ever, on something that nobody wanted. */
export const nothingInvented: Guarantee = {
  name: 'nothing-invented',
  kind: 'validity',
  prose: 'Only what a client has submitted is executed, and exactly as the client has put it.',
  check(state, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, request } = observation;
    if (submissionOf(state, request) >= 0) return undefined;
    const operation = JSON.stringify(request.operation);
    return `Copy ${copy} executed ${nameOf(request)}, ${operation}, which no client has submitted.`;
  },
};
