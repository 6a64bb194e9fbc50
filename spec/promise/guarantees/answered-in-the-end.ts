import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it the promise could be kept by never doing anything. */
export const answeredInTheEnd: Guarantee = {
  name: 'answered-in-the-end',
  kind: 'liveness',
  prose:
    'Once faults have stopped for long enough, every request whose client still waits has been answered.',
  check(_state, observation) {
    if (observation.kind !== 'settled' || observation.unanswered.length === 0) return undefined;
    const waiting = observation.unanswered.map(nameOf).join(', ');
    return `Faults have long stopped, but nobody has answered ${waiting}.`;
  },
};
