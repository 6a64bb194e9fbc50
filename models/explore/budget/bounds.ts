import type { Timer } from '../../../impl/index.ts';
import type { Event, EventRecord } from '../../world/event.ts';
import { timerBit, timers } from '../../world/world.ts';

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

/** `kindOf` tells the kind under which a timer is counted. */
export function remainingOf(
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

/** The type of the event, but that a crash which does corruption is one of its own kind. */
export function sortOf(event: Event | EventRecord): string {
  return event.type === 'crash' && event.readable !== undefined ? 'corruption' : event.type;
}
