import { type EventRecord, eventOf } from '../world/event.ts';
import type { Implementation } from '../world/implementation.ts';
import { perform } from '../world/perform.ts';
import { createWorld, type Setup } from '../world/world.ts';

/** A message that names a view is named so: `STARTVIEW v3 r0→r1`. */
const viewInName = /^([A-Z]+ v)(\d+)/;

/**
 * A trace without some of its views, from the last one back: what happened in or for them is left out, and what came
 * after them happens in as much earlier views. As many views go as there are replicas, so that every later one keeps
 * its primary. Whether that still is a trace, and the same, is for others to try.
 */
export function* withoutViews(
  implementation: Implementation,
  setup: Setup,
  records: readonly EventRecord[],
): Generator<readonly EventRecord[]> {
  const entered = viewsEntered(implementation, setup, records);
  const last = Math.max(0, ...entered.map((view) => view ?? 0));
  for (let first = last - setup.replicas + 1; first >= 1; first--) {
    const end = first + setup.replicas;
    yield records.flatMap((record, index) => {
      const view = 'message' in record ? viewOf(record.message) : entered[index];
      if (view !== undefined && view >= first && view < end) return [];
      if (!('message' in record) || view === undefined || view < end) return [record];
      const earlier = `$1${view - setup.replicas}`;
      return [{ ...record, message: record.message.replace(viewInName, earlier) }];
    });
  }
}

function viewOf(name: string): number | undefined {
  const view = viewInName.exec(name)?.[2];
  return view === undefined ? undefined : Number(view);
}

/** For each event by which a replica entered another view of its own accord, that view. */
function viewsEntered(
  implementation: Implementation,
  setup: Setup,
  records: readonly EventRecord[],
): readonly (number | undefined)[] {
  let world = createWorld(implementation, setup);
  return records.map((record) => {
    const event = eventOf(world.packets, record);
    if (event === undefined) return undefined;
    const before = world;
    world = perform(world, event);
    if (event.type !== 'timer' && event.type !== 'restart') return undefined;
    const view = world.machines[event.replica]?.replica?.viewNumber;
    return view === before.machines[event.replica]?.replica?.viewNumber ? undefined : view;
  });
}
