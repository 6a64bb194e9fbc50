import type { Timer } from '../../impl/index.ts';
import type { Event, EventRecord } from '../world/event.ts';
import { timerBit, timers } from '../world/world.ts';

/** How often events of one kind may happen. */
export interface Bound {
  /** In words, for reports and for telling kinds apart. */
  readonly kind: string;
  readonly most: number;
}

/** What may still happen, when so much is spent. */
export interface Remaining {
  /** The timers of replicas that may still fire, as bits (see `timerBit`). */
  readonly timers: number;
  /** Whether clients may still make requests, and repeat them. */
  readonly requests: boolean;
  readonly retries: boolean;
  /** How many more replicas may crash, with or without corruption. */
  readonly crashes: number;
  readonly clientRestarts: boolean;
  /** How many more view changes may begin, at most: each takes a timer, or a primary that comes back. */
  readonly viewChanges: number;
}

/** What an exploration may spend. Events of no bounded kind are free: they happen as often as they can. */
export interface Bounds {
  readonly bounds: readonly Bound[];
  /** The index of the event's kind among `bounds`, −1 if it is free, or undefined if it may not happen at all. */
  kindOf(event: Event): number | undefined;
  /** What is left when each of `bounds` was spent so often. */
  remaining(counts: readonly number[]): Remaining;
  /** No replica moves to a later view than this one. */
  readonly views: number;
  /** Of a group of this size, the number of the first replica from which on all are alike: the size if none are. */
  firstAlike(replicas: number): number;
}

/** How often each sort of thing may happen, in one exploration. */
export interface Budget {
  readonly requests: number;
  /** Timers that fire, of replicas and clients alike. */
  readonly timeouts: number;
  /** Which timers may fire at all. */
  readonly timers: readonly (Timer | 'retry')[];
  /** Crashes that leave the disk as it is. */
  readonly crashes: number;
  /** Crashes after which not all of a log that was durable can be read any more. They are no part of `crashes`. */
  readonly corruptions: number;
  readonly restarts: number;
  readonly clientRestarts: number;
  readonly duplicates: number;
  readonly drops: number;
  readonly partitions: number;
  readonly views: number;
}

/** Nothing happens but what is free: with the kinds that matter added, this is any budget. */
export const nothing: Budget = {
  requests: 0,
  timeouts: 0,
  timers: ['heartbeat', 'resend', 'suspect', 'retry'],
  crashes: 0,
  corruptions: 0,
  restarts: 0,
  clientRestarts: 0,
  duplicates: 0,
  drops: 0,
  partitions: 0,
  views: Infinity,
};

/** The bounds that a budget sets. What it allows zero times is never tried. */
export function boundsOf(budget: Budget): Bounds {
  const bounds: readonly Bound[] = [
    { kind: 'request', most: budget.requests },
    { kind: 'timeout', most: budget.timeouts },
    { kind: 'crash', most: budget.crashes },
    { kind: 'corruption', most: budget.corruptions },
    { kind: 'restart', most: budget.restarts },
    { kind: 'restart-client', most: budget.clientRestarts },
    { kind: 'duplicate', most: budget.duplicates },
    { kind: 'drop', most: budget.drops },
    { kind: 'partition', most: budget.partitions },
  ];
  const indices = new Map(bounds.map(({ kind }, index) => [kind, index]));
  const allowed: ReadonlySet<string> = new Set(budget.timers);
  const kindOf = (event: Event): number | undefined => {
    const timer = event.type === 'timer' ? event.timer : event.type === 'retry' ? 'retry' : undefined;
    if (timer !== undefined && !allowed.has(timer)) return undefined;
    const index = indices.get(timer === undefined ? sortOf(event) : 'timeout');
    if (index === undefined) return -1;
    return bounds[index]?.most === 0 ? undefined : index;
  };
  const remaining = remainingOf(bounds, (timer) => (allowed.has(timer) ? 'timeout' : ''));
  return {
    bounds,
    kindOf,
    remaining,
    views: budget.views,
    firstAlike: (replicas) => firstAlike(budget, replicas),
  };
}

/** `kindOf` tells the kind under which a timer is counted. */
function remainingOf(
  bounds: readonly Bound[],
  kindOf: (timer: Timer | 'retry') => string,
): (counts: readonly number[]) => Remaining {
  return (counts) => {
    const left = (wanted: string) =>
      bounds.reduce(
        (sum, { kind, most }, index) => (kind === wanted ? sum + most - (counts[index] ?? 0) : sum),
        0,
      );
    return {
      timers: timers.reduce((bits, timer) => (left(kindOf(timer)) > 0 ? bits | timerBit[timer] : bits), 0),
      requests: left('request') > 0,
      retries: left(kindOf('retry')) > 0,
      crashes: left('crash') + left('corruption'),
      clientRestarts: left('restart-client') > 0,
      viewChanges: left(kindOf('suspect')) + left('restart'),
    };
  };
}

/**
 * Replicas that cannot become primary are alike. A view is left by a timer, or by a restarted primary, at most; and who
 * repeats a request for state asks the others in their order.
 */
function firstAlike({ timeouts, timers, restarts, views }: Budget, replicas: number): number {
  if (timeouts > 0 && timers.includes('resend')) return replicas;
  const leaders = Math.min(views, restarts + (timers.includes('suspect') ? timeouts : 0)) + 1;
  return Math.min(leaders, replicas);
}

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

/** The type of the event, but that a crash which does corruption is one of its own kind. */
export function sortOf(event: Event | EventRecord): string {
  return event.type === 'crash' && event.readable !== undefined ? 'corruption' : event.type;
}
