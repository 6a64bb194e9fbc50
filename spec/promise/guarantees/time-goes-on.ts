import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a service could let something expire and find it valid again later. */
export const timeGoesOn: Guarantee = {
  name: 'time-goes-on',
  kind: 'agreement',
  prose:
    'Time never goes back: each request of the history is executed with a time no earlier than that of ' +
    'the request before it.',
  check({ history }, observation) {
    if (observation.kind !== 'executed') return undefined;
    const { copy, position, request, predicted } = observation;
    const before = history[position - 2];
    if (before === undefined || predicted.time >= before.predicted.time) return undefined;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    return `${seen} at the time ${predicted.time}, and the request before it was at ${before.predicted.time}.`;
  },
};
