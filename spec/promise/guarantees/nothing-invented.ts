import { submissionOf } from '../history.ts';
import { nameOf } from '../request.ts';
import type { Claim } from './guarantee.ts';

/** Without it the copies could agree, for ever, on something that nobody wanted. */
export const nothingInvented: Claim = {
  name: 'nothing-invented',
  guarantee: 'validity',
  prose: 'Only what a client has submitted is executed, and exactly as the client has put it.',
  broken(state, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, request } = observation;
    if (submissionOf(state, request) >= 0) return undefined;
    const operation = JSON.stringify(request.operation);
    return `Copy ${copy} executed ${nameOf(request)}, ${operation}, which no client has submitted.`;
  },
};
