import type { HistoryEvent } from '../../histories/events/event.ts';
import type { InjectedFault } from '../faults/nemesis.ts';

/**
 * The longest time, in milliseconds, without an ok answer while a majority was available: more than half of the nodes connected
 * with each other, and none of them killed, paused or with a disk fault. The time restarts whenever a fault begins or ends,
 * because a returning node, or a group that lost one, needs time to recover.
 */
export function longestUnavailability(
  history: readonly HistoryEvent[],
  injected: readonly InjectedFault[],
  nodes: number,
): number {
  const clients = history.filter(({ process }) => process !== 'nemesis');
  const [first] = clients;
  const last = clients.at(-1);
  if (first === undefined || last === undefined) return 0;
  const edges = injected.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]));
  const oks = clients.flatMap(({ type, time }) => (type === 'ok' ? [time / 1e6] : []));
  const moments = [first.time / 1e6, ...edges, ...oks, last.time / 1e6].toSorted((one, other) => one - other);
  return moments.reduce((longest, moment, place) => {
    const next = moments[place + 1] ?? moment;
    return next - moment > longest && isMajorityAvailable(moment, injected, nodes) ? next - moment : longest;
  }, 0);
}

/** Whether a majority is available just after this moment. */
function isMajorityAvailable(moment: number, injected: readonly InjectedFault[], nodes: number): boolean {
  const present = injected.filter(({ from, until }) => from <= moment && moment < (until ?? Infinity));
  const hit = new Set(present.flatMap(({ fault }) => (fault.kind === 'partition' ? [] : fault.nodes)));
  const sides = present.flatMap(({ fault }) => (fault.kind === 'partition' ? fault.groups : []));
  const all = Array.from({ length: nodes }, (_, node) => node);
  return (sides.length === 0 ? [all] : sides).some(
    (side) => side.filter((node) => !hit.has(node)).length > nodes / 2,
  );
}
