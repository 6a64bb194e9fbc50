import type { HistoryEvent } from '../histories/history.ts';
import type { Suffered } from './faults.ts';

/**
 * The longest time, in milliseconds, in which nobody was answered ok although more than half of the nodes were well: none
 * of them killed, paused or in trouble with its disk, and all within one side of whatever partition there was. It begins
 * anew whenever a fault begins or ends, for a node that comes back needs time like a group that lost one.
 */
export function longestUnavailability(
  history: readonly HistoryEvent[],
  suffered: readonly Suffered[],
  nodes: number,
): number {
  const clients = history.filter(({ process }) => process !== 'nemesis');
  const [first] = clients;
  const last = clients.at(-1);
  if (first === undefined || last === undefined) return 0;
  const edges = suffered.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]));
  const oks = clients.flatMap(({ type, time }) => (type === 'ok' ? [time / 1e6] : []));
  const moments = [first.time / 1e6, ...edges, ...oks, last.time / 1e6].toSorted((one, other) => one - other);
  return moments.reduce((longest, moment, place) => {
    const next = moments[place + 1] ?? moment;
    return next - moment > longest && isMajorityWell(moment, suffered, nodes) ? next - moment : longest;
  }, 0);
}

/** Just after this moment. */
function isMajorityWell(moment: number, suffered: readonly Suffered[], nodes: number): boolean {
  const present = suffered.filter(({ from, until }) => from <= moment && moment < (until ?? Infinity));
  const struck = new Set(present.flatMap(({ fault }) => (fault.kind === 'partition' ? [] : fault.nodes)));
  const sides = present.flatMap(({ fault }) => (fault.kind === 'partition' ? fault.groups : []));
  const all = Array.from({ length: nodes }, (_, node) => node);
  return (sides.length === 0 ? [all] : sides).some(
    (side) => side.filter((node) => !struck.has(node)).length > nodes / 2,
  );
}
