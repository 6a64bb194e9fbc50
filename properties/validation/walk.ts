import type { Output, Replica } from '../../impl/index.ts';
import { enabled } from '../../models/world/enabled.ts';
import type { Event } from '../../models/world/event.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { linksAround } from '../../models/world/links.ts';
import type { Packet } from '../../models/world/packet.ts';
import { perform } from '../../models/world/perform.ts';
import { createWorld, type Setup, type World } from '../../models/world/world.ts';

/** The replicas and messages met on a random walk through the world. */
export interface Walk {
  /** Each replica as it was last in each status. */
  readonly replicas: readonly Replica[];
  /** The messages under way, and twice as many that arrived or were lost before. */
  readonly packets: readonly Packet[];
}

/** Called with each step of the walk. */
export type Witness = (
  before: Replica | undefined,
  after: Replica | undefined,
  outputs: readonly Output[],
) => void;

/** How often each kind of event is taken, relative to the other enabled kinds. */
const weights: Readonly<Record<string, number>> = {
  ...{ deliver: 120, drop: 3, request: 12, retry: 3, sync: 60, heartbeat: 8, resend: 8, suspect: 2 },
  ...{ crash: 1, restart: 4, heal: 4 },
};

function byKind(events: readonly Event[]): ReadonlyMap<string, readonly Event[]> {
  const kinds = new Map<string, Event[]>();
  for (const event of events) {
    const kind = event.type === 'timer' ? event.timer : event.type;
    const alike = kinds.get(kind);
    if (alike === undefined) kinds.set(kind, [event]);
    else alike.push(event);
  }
  return kinds;
}

/** Takes one step for each choice. */
export function walk(setup: Setup, choices: readonly number[], witness?: Witness): Walk {
  let world = createWorld(realImplementation, setup);
  const sent = new Set<Packet>();
  const met = new Map<string, Replica>();
  for (const choice of choices) {
    const next = perform(world, chosen(world, choice));
    const { replica: number = -1, outputs = [] } = next.last ?? {};
    witness?.(world.machines[number]?.replica, next.machines[number]?.replica, outputs);
    world = next;
    const stepped = world.machines[number]?.replica;
    if (stepped !== undefined) met.set(`${number} ${stepped.status}`, stepped);
    for (const packet of world.packets) sent.add(packet);
  }
  const past = [...sent].slice(-3 * world.packets.length);
  return { replicas: [...met.values()], packets: [...world.packets, ...past] };
}

function chosen(world: World, choice: number): Event {
  // A replica that is cut off for a while misses view changes, and has to catch up later.
  const { length } = world.machines;
  const cut = linksAround(length, [choice % length], 'both');
  if (choice % 59 === 0) return { type: 'partition', cut, loses: true };
  const events = byKind(enabled(world));
  const kinds = [...events.keys()];
  const total = kinds.reduce((sum, kind) => sum + (weights[kind] ?? 0), 0);
  let rest = choice % total;
  for (const kind of kinds) {
    rest -= weights[kind] ?? 0;
    const alike = events.get(kind) ?? [];
    const event = alike[Math.floor(choice / total) % alike.length];
    if (rest < 0 && event !== undefined) return event;
  }
  throw new Error('Something can always happen.');
}
