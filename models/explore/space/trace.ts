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
import type { ExplorationSubject } from './subject.ts';

/** A run of the explored group that breaks a property. */
export interface ExploredTrace {
  readonly records: readonly EventRecord[];
  readonly violation: Violation;
  readonly phase: Phase;
}

/**
 * The concrete events of a path through a space. The path is walked beside a real world, because there packets have ranks:
 * one packet of a state may stand for several packets of the same name.
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

/** The violation at the end of these events, in a world as hunts and replays make it. Throws if there is none. */
export function violationAlong(
  { implementation, setup, properties }: ExplorationSubject,
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
