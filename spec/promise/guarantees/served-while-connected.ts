import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/**
 * Links between copies may stay cut for ever. It is enough that one copy and a quorum reach each other: the links
 * of that quorum among themselves do not matter.
 */
export const servedWhileConnected: Guarantee = {
  name: 'served-while-connected',
  kind: 'liveness',
  prose:
    'Once one copy has exchanged messages with a quorum for long enough, every request whose client still ' +
    'waits, and reaches every copy, has been answered, whatever the other links do.',
  check(_state, observation) {
    if (observation.kind !== 'connected' || observation.unanswered.length === 0) return undefined;
    const waiting = observation.unanswered.map(nameOf).join(', ');
    return `A copy has long exchanged messages with a quorum, and these have no answer: ${waiting}.`;
  },
};
