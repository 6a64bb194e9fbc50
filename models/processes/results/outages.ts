import type { HistoryEvent } from '../../histories/events/event.ts';
import { faultText, type InjectedFault } from '../faults/nemesis.ts';
import type { Access } from '../test/environment.ts';

/** The effect of a fault on the service. All times are in milliseconds. */
export interface FaultOutage {
  readonly fault: string;
  readonly from: number;
  readonly until: number | null;
  /** The number of operations answered ok during the fault. */
  readonly okMeanwhile: number;
  /** The time from the end of the fault to the next ok answer, or null if there was none. */
  readonly untilAnyOk: number | null;
  /**
   * The time from the end of the fault until each node that it hit has answered ok, or null if one never did. A partition hits
   * all nodes in it. Only nodes with clients of their own count.
   */
  readonly untilAllOk: number | null;
  /** Whether another fault was in effect before all had answered, and may have lengthened these times. */
  readonly isDisturbed: boolean;
}

/** The outage of each injected fault. Process p of the history belongs to client p modulo `concurrency`. */
export function outagesOf(
  history: readonly HistoryEvent[],
  injected: readonly InjectedFault[],
  concurrency: number,
  access: Access,
): readonly FaultOutage[] {
  const nodes = Array.from({ length: concurrency }, (_, client) => access.nodeOf(client));
  const oks = history.flatMap(({ type, process, time }) =>
    type === 'ok' && typeof process === 'number'
      ? [{ at: time / 1e6, node: nodes[process % concurrency] }]
      : [],
  );
  return injected.map(({ fault, from, until }) => {
    const since = until === undefined ? [] : oks.filter(({ at }) => at >= until);
    const wait = (ok: { readonly at: number } | undefined): number =>
      ok === undefined || until === undefined ? Infinity : ok.at - until;
    const first = wait(since[0]);
    const all = Math.max(
      first,
      ...nodesHitBy(fault, nodes).map((node) => wait(since.find((ok) => ok.node === node))),
    );
    const recovered = (until ?? Infinity) + all;
    return {
      fault: faultText(fault),
      from,
      until: until ?? null,
      okMeanwhile: oks.filter(({ at }) => at >= from && at < (until ?? Infinity)).length,
      untilAnyOk: finite(first),
      untilAllOk: finite(all),
      isDisturbed: injected.some(
        (other) =>
          other.fault !== fault && other.from < recovered && (other.until ?? Infinity) > (until ?? Infinity),
      ),
    };
  });
}

function nodesHitBy(
  fault: InjectedFault['fault'],
  nodes: readonly (number | undefined)[],
): readonly number[] {
  const hit = fault.kind === 'partition' ? fault.groups.flat() : fault.nodes;
  return [...new Set(hit)].filter((node) => nodes.includes(node));
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}
