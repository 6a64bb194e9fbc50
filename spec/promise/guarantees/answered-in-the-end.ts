import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a service that never does anything would keep the promise. */
export const answeredInTheEnd: Guarantee = {
  name: 'answered-in-the-end',
  kind: 'liveness',
  prose:
    'Once faults have stopped for long enough, every request whose client still waits has been answered.',
  check(_state, observation) {
    if (observation.kind !== 'settled' || observation.unanswered.length === 0) return undefined;
    const waiting = observation.unanswered.map(nameOf).join(', ');
    return `Faults have long stopped, and these have no answer: ${waiting}.`;
  },
};
