import type { Guarantee } from './guarantee.ts';

/**
 * Without it a copy could stay behind for good, and the service would survive fewer losses than it promises.
 */
export const allOrNone: Guarantee = {
  name: 'all-or-none',
  kind: 'liveness',
  prose:
    'Once faults have stopped for long enough, every copy has executed the whole history: each request ' +
    'has taken effect on all copies or on none.',
  check(state, observation) {
    if (observation.kind !== 'settled') return undefined;
    const known = state.history.length;
    const copy = observation.executed.findIndex((count) => count !== known);
    if (copy < 0) return undefined;
    const count = observation.executed[copy];
    return `Faults have long stopped, but copy ${copy} has executed ${count} of ${known} requests.`;
  },
};
