import type { Timer } from '../../../impl/index.ts';
import type { Event } from '../../world/event.ts';
import { type Bound, type Bounds, remainingOf, sortOf } from './bounds.ts';

/** How often each kind of event may happen in one exploration. */
export interface Budget {
  readonly requests: number;
  /** How many timers fire, those of replicas and of clients together. */
  readonly timeouts: number;
  /** The timers that may fire. */
  readonly timers: readonly (Timer | 'retry')[];
  /** Crashes after which the disk is intact. */
  readonly crashes: number;
  /** Crashes after which part of the durable log is unreadable. They are not counted among `crashes`. */
  readonly corruptions: number;
  readonly restarts: number;
  readonly clientRestarts: number;
  /** How many sessions their clients end. */
  readonly ends: number;
  readonly duplicates: number;
  readonly drops: number;
  readonly partitions: number;
  readonly views: number;
}

/** Allows only free events. Other budgets are made from it by adding what they allow. */
export const emptyBudget: Budget = {
  requests: 0,
  timeouts: 0,
  timers: ['heartbeat', 'resend', 'suspect', 'retry'],
  crashes: 0,
  corruptions: 0,
  restarts: 0,
  clientRestarts: 0,
  ends: 0,
  duplicates: 0,
  drops: 0,
  partitions: 0,
  views: Infinity,
};

/** The bounds that a budget sets. An event that the budget allows zero times is never offered. */
export function boundsOf(budget: Budget): Bounds {
  const bounds: readonly Bound[] = [
    { kind: 'request', most: budget.requests },
    { kind: 'timeout', most: budget.timeouts },
    { kind: 'crash', most: budget.crashes },
    { kind: 'corruption', most: budget.corruptions },
    { kind: 'restart', most: budget.restarts },
    { kind: 'restart-client', most: budget.clientRestarts },
    { kind: 'end', most: budget.ends },
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

/**
 * Replicas that cannot become primary are interchangeable. Each view change takes a timer or a restarted primary, so the
 * budget limits how many views there are. With resend timers no replicas are interchangeable, because a replica that
 * repeats GETSTATE asks the others in the order of their numbers.
 */
function firstAlike({ timeouts, timers, restarts, views }: Budget, replicas: number): number {
  if (timeouts > 0 && timers.includes('resend')) return replicas;
  const leaders = Math.min(views, restarts + (timers.includes('suspect') ? timeouts : 0)) + 1;
  return Math.min(leaders, replicas);
}
