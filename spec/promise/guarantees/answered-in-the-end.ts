import { nameOf } from '../request.ts';
import type { Claim } from './guarantee.ts';

/** Without it the promise could be kept by never doing anything. */
export const answeredInTheEnd: Claim = {
  name: 'answered-in-the-end',
  guarantee: 'liveness',
  prose:
    'Once faults have stopped for long enough, every request whose client still waits has been answered.',
  broken(_state, observation) {
    if (observation.kind !== 'settled' || observation.unanswered.length === 0) return undefined;
    const waiting = observation.unanswered.map(nameOf).join(', ');
    return `Faults have long stopped, but nobody has answered ${waiting}.`;
  },
};
