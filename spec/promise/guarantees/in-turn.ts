import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a copy could execute every request at its right position, and still have a state of its own. */
export const inTurn: Guarantee = {
  name: 'in-turn',
  kind: 'agreement',
  prose:
    'Each copy executes the history from its beginning, one request after the other, without a gap or a ' +
    'repetition. A copy that restarts resumes at a point that the history has reached. A copy whose state ' +
    'is replaced resumes at such a point, no earlier than its own.',
  check(state, observation) {
    if (!('copy' in observation)) return undefined;
    const { copy } = observation;
    const done = state.executed[copy];
    if (done === undefined) return `There is no copy ${copy}, only ${state.executed.length} of them.`;
    if (observation.kind !== 'executed') {
      const known = state.history.length;
      const { kind, executed } = observation;
      if (executed > known)
        return `Copy ${copy} resumed after ${executed} requests, and the history has ${known}.`;
      return kind === 'restored' && executed < done
        ? `Copy ${copy} had executed ${done} requests, and its state was replaced by one after ${executed}.`
        : undefined;
    }
    const { position, request } = observation;
    if (position === done + 1) return undefined;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    return `${seen}, but its next position was ${done + 1}.`;
  },
};
