import { Model } from '../../checking/model.ts';
import type { Violation } from '../../checking/properties.ts';
import type { Phase } from '../../runs/runCommands.ts';
import { type Event, type EventRecord, eventOf, recordOf } from '../../world/event.ts';
import { perform } from '../../world/perform.ts';
import { transcriptService } from '../../world/transcript.ts';
import { createWorld, type World } from '../../world/world.ts';
import type { Move } from '../moves/moves.ts';
import { layout } from '../states/components.ts';
import type { Space } from './space.ts';
import type { Subject } from './subject.ts';

/** A run that breaks a property. */
export interface Trace {
  readonly records: readonly EventRecord[];
  readonly violation: Violation;
  readonly phase: Phase;
}

/**
 * The concrete events of a path through a space. They are found by walking the path beside a real world, in which
 * packets have a past: there the same move may be one of several packets of that name.
 */
export function eventsAlong(space: Space, path: readonly number[]): readonly EventRecord[] {
  const { implementation, setup } = space.components.common;
  let world = createWorld(implementation, setup, transcriptService);
  let state = space.root;
  const records: EventRecord[] = [];
  for (const [index, choice] of path.entries()) {
    const move = space.movesIn(state)[choice];
    if (move === undefined) throw new Error(`The path breaks off after ${index} of ${path.length} moves.`);
    space.take(state, move);
    for (const { move: made } of space.made) {
      const event = concrete(space, made, world);
      records.push(recordOf(world.packets, event));
      world = perform(world, event);
    }
    state = space.next.slice(0, space.next[layout.size]);
  }
  return records;
}

/** The event of the move in this world. */
function concrete({ components }: Space, { event, packet: number }: Move, { packets }: World): Event {
  if (!('packet' in event)) return event;
  const packet = packets.find((one) => components.packets.numberOf(one) === number);
  return packet === undefined ? event : { type: event.type, packet };
}

/** The property that these events break at last, in a world as hunts and replays know it. Throws where they break none. */
export function violationOf(
  { implementation, setup, properties }: Subject,
  records: readonly EventRecord[],
): Violation {
  let world = createWorld(implementation, setup);
  const model = new Model(world, properties);
  for (const [index, record] of records.entries()) {
    const event = eventOf(world.packets, record);
    if (event === undefined) throw new Error(`Event ${index + 1} of the trace cannot happen.`);
    const after = perform(world, event);
    const violation = model.follow(world, after);
    if (violation !== undefined) return violation;
    world = after;
  }
  throw new Error(
    'The trace breaks no property when it is repeated: the implementation is not deterministic.',
  );
}
