import { type EventRecord, eventOf } from '../world/event.ts';
import type { Implementation } from '../world/implementation.ts';
import { perform } from '../world/perform.ts';
import { choicesOf } from '../world/recordedOperation.ts';
import { createWorld, type Setup } from '../world/world.ts';

/** The view in a packet's name, as in `STARTVIEW v3 r0→r1`. */
const viewInName = /^([A-Z]+ v)(\d+)/;

/**
 * Candidates for a trace without some of its views, from the last one back. Each leaves out as many views as
 * there are replicas, with their events, and renumbers the later views, so that each of those keeps its
 * primary. The caller must try whether a candidate still fails.
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

/** For each timer or restart with which a replica entered another view, that view. */
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
    world = perform(world, event, choicesOf(world, event));
    if (event.type !== 'timer' && event.type !== 'restart') return undefined;
    const view = world.machines[event.replica]?.replica?.viewNumber;
    return view === before.machines[event.replica]?.replica?.viewNumber ? undefined : view;
  });
}
