import type { Event, EventRecord } from '../../world/event.ts';
import { type Bound, type Bounds, remainingOf, sortOf } from './bounds.ts';

/** A budget of exactly what a run spends, so that nothing can happen more often than in it. */
export function spentBy(records: readonly EventRecord[]): Bounds {
  return spending(spendingOf(records));
}

/** How often events of each kind happen in a run, of those that do not happen for free. */
export function spendingOf(records: readonly EventRecord[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of records.map(kindIn)) if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** A budget of so many events of each kind, such as `request` or `timer suspect`, and no others. */
export function spending(counts: Readonly<Record<string, number>>): Bounds {
  const bounds = Object.entries(counts).map(([kind, most]): Bound => ({ kind, most }));
  const indices = new Map(bounds.map(({ kind }, index) => [kind, index]));
  const kindOf = (event: Event): number | undefined => {
    const kind = kindIn(event);
    return kind === undefined ? -1 : indices.get(kind);
  };
  const remaining = remainingOf(bounds, (timer) => (timer === 'retry' ? timer : `timer ${timer}`));
  return { bounds, kindOf, remaining, views: Infinity, firstAlike: (replicas) => replicas };
}

/** Deliveries, writes that become durable and healing are free; the kinds of everything else are bounded. */
function kindIn(event: Event | EventRecord): string | undefined {
  switch (event.type) {
    case 'deliver':
    case 'sync':
    case 'heal':
      return undefined;
    case 'timer':
      return `timer ${event.timer}`;
    default:
      return sortOf(event);
  }
}
