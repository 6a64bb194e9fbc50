import type { HistoryEvent } from '../histories/history.ts';
import type { Access } from './environment.ts';
import { faultText, type Suffered } from './faults.ts';

/** What a fault did to the service. All times are in milliseconds. */
export interface Outage {
  readonly fault: string;
  readonly from: number;
  readonly until: number | null;
  /** How many operations were answered ok while the fault was on. */
  readonly okMeanwhile: number;
  /** From the end of the fault until any node answered ok, or null if none did. */
  readonly untilAnyOk: number | null;
  /**
   * From the end of the fault until each node that it had struck answered ok, or null if one did not. A partition
   * strikes all. Nodes that no client asks alone are left out, for nobody would notice.
   */
  readonly untilAllOk: number | null;
  /** Whether another fault was on before all had answered, so that it may have its share in these times. */
  readonly isDisturbed: boolean;
}

/** How long each fault kept the service from answering. Process p belongs to client p modulo their number. */
export function outagesOf(
  history: readonly HistoryEvent[],
  suffered: readonly Suffered[],
  concurrency: number,
  access: Access,
): readonly Outage[] {
  const seats = Array.from({ length: concurrency }, (_, client) => access.nodeOf(client));
  const oks = history.flatMap(({ type, process, time }) =>
    type === 'ok' && process !== 'nemesis' ? [{ at: time / 1e6, node: seats[process % concurrency] }] : [],
  );
  return suffered.map(({ fault, from, until }) => {
    const since = until === undefined ? [] : oks.filter(({ at }) => at >= until);
    const wait = (ok: { readonly at: number } | undefined): number =>
      ok === undefined || until === undefined ? Infinity : ok.at - until;
    const first = wait(since[0]);
    const all = Math.max(
      first,
      ...struckBy(fault, seats).map((node) => wait(since.find((ok) => ok.node === node))),
    );
    const calm = (until ?? Infinity) + all;
    return {
      fault: faultText(fault),
      from,
      until: until ?? null,
      okMeanwhile: oks.filter(({ at }) => at >= from && at < (until ?? Infinity)).length,
      untilAnyOk: finite(first),
      untilAllOk: finite(all),
      isDisturbed: suffered.some(
        (other) =>
          other.fault !== fault && other.from < calm && (other.until ?? Infinity) > (until ?? Infinity),
      ),
    };
  });
}

function struckBy(fault: Suffered['fault'], seats: readonly (number | undefined)[]): readonly number[] {
  const struck = fault.kind === 'partition' ? fault.groups.flat() : fault.nodes;
  return [...new Set(struck)].filter((node) => seats.includes(node));
}

function finite(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}
