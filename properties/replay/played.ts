import { type EventRecord, eventOf } from '../../models/world/event.ts';
import type { Implementation } from '../../models/world/implementation.ts';
import { perform } from '../../models/world/perform.ts';
import { createWorld, type Setup, type World } from '../../models/world/world.ts';

/** The world after these events. */
export function playedIn(
  implementation: Implementation,
  setup: Setup,
  records: readonly EventRecord[],
): World {
  return records.reduce(
    (world, record) => {
      const event = eventOf(world.packets, record);
      if (event === undefined) throw new Error('No such packet.');
      return perform(world, event);
    },
    createWorld(implementation, setup),
  );
}

/** What the world holds, as text with the fields of objects in alphabetical order. */
export function textOf({ machines, clients, packets, clocks }: World): string {
  const parts = {
    machines: machines.map(({ replica, ...rest }) => ({
      ...rest,
      replica: replica && { ...replica, configuration: undefined, pending: [...replica.pending].sort() },
    })),
    clients: clients.map(({ client, ...rest }) => ({
      ...rest,
      client: { ...client, configuration: undefined },
    })),
    packets,
    clocks,
  };
  return JSON.stringify(parts, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value,
  );
}
