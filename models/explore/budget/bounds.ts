import type { Timer } from '../../../impl/index.ts';
import type { Event, EventRecord } from '../../world/event.ts';
import { timerBit, timers } from '../../world/world.ts';

/** How often events of one kind may happen in an exploration. */
export interface Bound {
  /** The name of the kind, for reports and for telling kinds apart. */
  readonly kind: string;
  readonly most: number;
}

/** What may still happen in a state, given what was spent on the way to it. */
export interface Remaining {
  /** The timers of replicas that may still fire, as bits (see `timerBit`). */
  readonly timers: number;
  /** Whether clients may still make requests, and whether they may repeat them. */
  readonly requests: boolean;
  readonly retries: boolean;
  /** How many more replicas may crash, with or without corruption. */
  readonly crashes: number;
  readonly clientRestarts: boolean;
  /** How often a timer `suspect` may still fire, at most. */
  readonly suspicions: number;
  /** How many more view changes may begin, at most: each takes a timer, or a primary that comes back. */
  readonly viewChanges: number;
}

/** What an exploration may spend. Events of a kind without a bound are free: they happen as often as they can. */
export interface Bounds {
  readonly bounds: readonly Bound[];
  /** The index of the event's kind among `bounds`, −1 if it is free, or undefined if it may not happen at all. */
  kindOf(event: Event): number | undefined;
  /** What is left when events of each of the `bounds` happened `counts` times. */
  remaining(counts: readonly number[]): Remaining;
  /** The latest view to which a replica moves. */
  readonly views: number;
  /**
   * In a group of this size, the replicas from this number on are interchangeable. It is the size itself where no two
   * replicas are.
   */
  firstAlike(replicas: number): number;
}

/** The `remaining` of some bounds. `kindOf` gives the kind under which a timer is counted. */
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
      suspicions: left(kindOf('suspect')),
      viewChanges: left(kindOf('suspect')) + left('restart'),
    };
  };
}

/** The type of the event. A crash that corrupts the log is a kind of its own. */
export function sortOf(event: Event | EventRecord): string {
  return event.type === 'crash' && event.readable !== undefined ? 'corruption' : event.type;
}
