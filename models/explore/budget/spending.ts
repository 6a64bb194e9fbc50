import type { Event, EventRecord } from '../../world/event.ts';
import { type Bound, type Bounds, remainingOf, sortOf } from './bounds.ts';

/** Bounds that allow each kind of event as often as it happens in this run, and no more. */
export function spentBy(records: readonly EventRecord[]): Bounds {
  return spending(spendingOf(records));
}

/** How often each kind of event happens in a run. Free events are left out. */
function spendingOf(records: readonly EventRecord[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of records.map(kindIn)) if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Bounds for these numbers of events, by kind, such as `request` or `timer suspect`. Other kinds never happen. */
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

/** The kind of an event, or undefined where it is free: deliveries, durable writes, and healing. */
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
