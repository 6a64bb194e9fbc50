import { Model } from '../checking/model.ts';
import { allProperties, propertiesWhere, type Violation } from '../checking/properties.ts';
import { disabledReason } from '../world/enabled.ts';
import { type Event, type EventRecord, eventOf, eventText } from '../world/event.ts';
import type { Implementation } from '../world/implementation.ts';
import { perform } from '../world/perform.ts';
import { choicesOf } from '../world/recordedOperation.ts';
import { createWorld, type World } from '../world/world.ts';
import type { Counterexample } from './counterexample.ts';

/** One event of a run, and the worlds around it. */
export interface Frame {
  /** From 1. */
  readonly number: number;
  readonly record: EventRecord;
  readonly event: Event;
  readonly before: World;
  readonly after: World;
}

/**
 * A violation, and the number of the event at which it appeared; of the last event if the phase is
 * `settling`.
 */
export interface LocatedViolation {
  readonly event: number;
  readonly phase: 'events' | 'settling';
  readonly violation: Violation;
}

/** How a replay ended, by what became of the recorded violation. */
export type ReplayOutcome =
  /** It appeared where it was recorded. */
  | ({ readonly kind: 'reproduced' } & LocatedViolation)
  /** An event is not enabled: the implementation is not the one on which the events were recorded. */
  | { readonly kind: 'diverged'; readonly event: number; readonly reason: string }
  /** The recorded property was broken at another event. */
  | ({ readonly kind: 'moved' } & LocatedViolation)
  /** Only another property was broken. */
  | ({ readonly kind: 'other-violation' } & LocatedViolation)
  /** All events happened, and no property was broken. */
  | { readonly kind: 'no-violation' };

/** A replayed run. */
export interface Replayed {
  readonly counterexample: Counterexample;
  readonly start: World;
  /** How many of the events were performed. */
  readonly happened: number;
  readonly outcome: ReplayOutcome;
  /** The first violation of any property: often of an invariant, long before a guarantee breaks. */
  readonly first: LocatedViolation | undefined;
}

/** Lets the group settle without faults. Returns the property that the model then finds broken, if any. */
export type Settle = (world: World, model: Model) => Violation | undefined;

/**
 * Repeats the run, event by event, and stops at an event that is not enabled. The outcome is that of the
 * recorded property alone, because a run that a hunt shrank for one property may break others earlier. Throws
 * an error if the run must settle and there is no `settle`.
 */
export function replay(
  implementation: Implementation,
  counterexample: Counterexample,
  settle?: Settle,
): Replayed {
  const { property, phase, event } = counterexample.violation;
  const start = createWorld(implementation, counterexample.setup);
  const recorded = new Model(
    start,
    propertiesWhere((name) => name === property),
  );
  const everything = new Model(start, allProperties);
  let happened = 0;
  let world = start;
  let first: LocatedViolation | undefined;
  const ended = (outcome: ReplayOutcome): Replayed => ({ counterexample, start, happened, outcome, first });
  const seen = (number: number, when: LocatedViolation['phase'], violation: Violation): Replayed => {
    const kind = number === event && when === phase ? 'reproduced' : 'moved';
    return ended({ kind, event: number, phase: when, violation });
  };

  for (const [index, record] of counterexample.events.entries()) {
    const number = index + 1;
    const frame = next(world, number, record);
    if (typeof frame === 'string') return ended({ kind: 'diverged', event: number, reason: frame });
    happened = number;
    world = frame.after;
    if (first === undefined) {
      // Only the first violation counts: after it the model's state means nothing.
      const violation = everything.follow(frame.before, world);
      if (violation !== undefined) first = { event: number, phase: 'events', violation };
    }
    const violation = recorded.follow(frame.before, world);
    if (violation !== undefined) return seen(number, 'events', violation);
  }
  if (phase === 'settling') {
    if (settle === undefined) throw new Error('This run must settle, and `settle` is missing.');
    const violation = settle(world, recorded);
    if (violation?.property === property) return seen(happened, 'settling', violation);
    if (violation !== undefined) first ??= { event: happened, phase, violation };
  }
  return ended(first === undefined ? { kind: 'no-violation' } : { kind: 'other-violation', ...first });
}

/**
 * The performed events, one by one. Their worlds are computed again, because memory may not hold all of them.
 */
export function* framesOf({ counterexample, start, happened }: Replayed): Generator<Frame> {
  let world = start;
  for (let number = 1; number <= happened; number++) {
    const record = counterexample.events[number - 1];
    const frame = record && next(world, number, record);
    if (frame === undefined || typeof frame === 'string') throw new Error(`Event ${number} does not repeat.`);
    yield frame;
    world = frame.after;
  }
}

/** The frame of the recorded event in this world, or why the event is not enabled. */
function next(before: World, number: number, record: EventRecord): Frame | string {
  const event = eventOf(before.packets, record);
  const reason = event === undefined ? 'no such packet is on its way' : disabledReason(before, event);
  if (event === undefined || reason !== undefined) return `"${eventText(record)}" cannot happen: ${reason}`;
  try {
    return { number, record, event, before, after: perform(before, event, choicesOf(before, event)) };
  } catch (error) {
    return `"${eventText(record)}" made the world throw: ${String(error)}`;
  }
}
