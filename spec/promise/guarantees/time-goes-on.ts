import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a service could let expire what it then finds alive again. */
export const timeGoesOn: Guarantee = {
  name: 'time-goes-on',
  kind: 'agreement',
  prose:
    'The time never goes back: with each request of the history the copies tell the service ' +
    'a time that is no earlier than with the request before it.',
  check({ history }, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, position, request, predicted } = observation;
    const before = history[position - 2];
    if (before === undefined || predicted.time >= before.predicted.time) return undefined;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    return `${seen} at the time ${predicted.time}, and the request before it was at ${before.predicted.time}.`;
  },
};
