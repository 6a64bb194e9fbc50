import { nameOf } from '../model/request.ts';
import type { Guarantee } from './guarantee.ts';

/** Without it a copy could have every request at its right position, and still a state of its own. */
export const inTurn: Guarantee = {
  name: 'in-turn',
  kind: 'agreement',
  prose:
    'Each copy executes the history from its beginning, one request after the other, ' +
    'without a gap or a repetition. A copy that restarts goes on from a point that the history has reached; ' +
    'a copy whose state is replaced goes on from such a point that is no earlier than its own.',
  check(state, observation) {
    if (!('copy' in observation)) return undefined;
    const { copy } = observation;
    const done = state.executed[copy];
    if (done === undefined) return `There is no copy ${copy}, only ${state.executed.length} of them.`;
    if (observation.kind !== 'executed') {
      const known = state.history.length;
      const { kind, executed } = observation;
      if (executed > known) return `Copy ${copy} came back having executed ${executed} of ${known} requests.`;
      return kind === 'restored' && executed < done
        ? `Copy ${copy} had executed ${done} requests, and was put back to ${executed}.`
        : undefined;
    }
    const { position, request } = observation;
    if (position === done + 1) return undefined;
    const seen = `Copy ${copy} executed ${nameOf(request)} at position ${position}`;
    return `${seen}, but its next position was ${done + 1}.`;
  },
};
