import { Model } from '../../models/checking/model.ts';
import type { Properties } from '../../models/checking/properties.ts';
import type { Bounds } from '../../models/explore/budget/bounds.ts';
import { disabledReason, enabled } from '../../models/world/enabled.ts';
import type { Event } from '../../models/world/event.ts';
import type { Implementation } from '../../models/world/implementation.ts';
import { perform } from '../../models/world/perform.ts';
import { transcriptService } from '../../models/world/transcript.ts';
import { createWorld, type Setup, type World } from '../../models/world/world.ts';

/** The states that the slow explorer reached, and the properties that broke. */
export interface Reached {
  /** One text for each state, with every part of it. */
  readonly states: ReadonlySet<string>;
  readonly brokenProperties: ReadonlySet<string>;
}

/**
 * An explorer too slow for anything but small bounds, and too simple to be wrong: worlds in a list, their JSON in a set.
 * It shares the world and the properties with the fast one, and nothing of how states are told apart, kept or reduced. Runs
 * end where a property breaks. Partitions are not tried.
 */
export function exploreSlowly(
  implementation: Implementation,
  setup: Setup,
  properties: Properties,
  bounds: Bounds,
): Reached {
  const start = createWorld(implementation, setup, transcriptService);
  const nothingSpent = bounds.bounds.map(() => 0);
  const todo = [{ world: start, ghostState: new Model(start, properties).ghostState, spent: nothingSpent }];
  const states = new Set([textOf(start, todo[0]?.ghostState, nothingSpent)]);
  const brokenProperties = new Set<string>();
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    const { world, spent } = state;
    for (const event of possible(world)) {
      const kind = bounds.kindOf(event);
      if (kind === undefined || (kind >= 0 && (spent[kind] ?? 0) >= (bounds.bounds[kind]?.most ?? 0)))
        continue;
      const after = perform(world, event);
      const model = new Model(world, properties, state.ghostState);
      const violation = model.follow(world, after);
      if (violation !== undefined) {
        brokenProperties.add(violation.property);
        continue;
      }
      const next = {
        world: after,
        ghostState: model.ghostState,
        spent: kind < 0 ? spent : spent.with(kind, (spent[kind] ?? 0) + 1),
      };
      const text = textOf(after, next.ghostState, next.spent);
      if (states.has(text)) continue;
      states.add(text);
      todo.push(next);
    }
  }
  return { states, brokenProperties };
}

function possible(world: World): readonly Event[] {
  const duplicates = world.packets.map((packet): Event => ({ type: 'duplicate', packet }));
  return [...enabled(world), ...duplicates, ...corruptions(world)];
}

function corruptions(world: World): readonly Event[] {
  const events: Event[] = [];
  world.machines.forEach(({ disk }, replica) => {
    for (let survivors = 0; survivors <= disk.unsynced.length; survivors++)
      for (let readable = 0; readable <= disk.image.log.length; readable++)
        events.push({ type: 'crash', replica, survivors, readable });
  });
  return events.filter((event) => disabledReason(world, event) === undefined);
}

/** The whole state as JSON. Logs and maps convert themselves. */
function textOf(world: World, ghostState: Model['ghostState'] | undefined, spent: readonly number[]): string {
  const { machines, clients, packets, blocked, loses } = world;
  const onTheirWay = packets.map((packet) => JSON.stringify(packet, plainly)).sort();
  return JSON.stringify({ machines, clients, onTheirWay, blocked, loses, ghostState, spent }, plainly);
}

/**
 * Leaves out the fields that are equal in every state, and what is known of clocks, because it decides nothing where they do not
 * change. Sorts the fields of an object.
 */
function plainly(name: string, value: unknown): unknown {
  if (leftOut.has(name)) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}

const leftOut = new Set(['configuration', 'service', 'identities', 'clock', 'clocks']);
