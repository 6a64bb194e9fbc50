import { guaranteesOnly } from '../checking/properties.ts';
import { Pinned } from '../runs/run/pinned.ts';
import { type RunOutcome, runCommands } from '../runs/runCommands.ts';
import { faultProfiles } from '../runs/schedules/faultProfile.ts';
import { commandMaker } from '../runs/schedules/generation.ts';
import { randomNumbers } from '../runs/schedules/random.ts';
import type { EventRecord } from '../world/event.ts';
import type { Implementation } from '../world/implementation.ts';
import type { Setup } from '../world/world.ts';
import { type Attempt, withoutBlocks } from './minimise.ts';
import { withProperty } from './schedules.ts';

/** How a run goes on until a guarantee breaks. */
export interface GoesOn {
  /** The events after those of the run. Empty if the guarantee broke in it, or breaks once the group settles. */
  readonly records: readonly EventRecord[];
  readonly outcome: RunOutcome & { readonly violation: NonNullable<RunOutcome['violation']> };
}

/** How many continuations are tried. */
export const continuations = 400;

/** The most commands in each. */
const most = 60;

/**
 * How the run goes on to a guarantee that breaks: in it, once the group settles, or after one of some random continuations, of which
 * the events that are not needed are left out. Undefined if none of these breaks one. `onRun` is called before each run.
 */
export function goesOn(
  implementation: Implementation,
  setup: Setup,
  records: readonly EventRecord[],
  onRun: () => void,
): GoesOn | undefined {
  const system = { implementation, properties: guaranteesOnly, onRun };
  const begun = records.map((record) => new Pinned(record, 'oldest'));
  const random = randomNumbers(1);
  for (let number = 0; number < continuations; number++) {
    const make = commandMaker(faultProfiles[number % faultProfiles.length] ?? fails(), random());
    // The first continuation is none: the group settles at once.
    const length = number === 0 ? 0 : random() % most;
    const commands = [...begun, ...Array.from({ length }, () => make(random()))];
    const found = runCommands(system, setup, commands, { record: true });
    if (found.violation === undefined) continue;
    const { property } = found.violation;
    const one = withProperty(system, property);
    let outcome = { ...found, violation: found.violation };
    const attempt: Attempt<EventRecord> = (candidate) => {
      const pinned = candidate.map((record) => new Pinned(record, 'oldest'));
      const settle = found.phase === 'settling';
      const again = runCommands(one, setup, [...begun, ...pinned], { record: true, settle });
      if (again.violation === undefined || again.phase !== found.phase) return undefined;
      outcome = { ...again, violation: again.violation };
      return again.records.slice(records.length);
    };
    const shorter = withoutBlocks(found.records.slice(records.length), attempt);
    return { records: attempt(shorter) ?? shorter, outcome };
  }
  return undefined;
}

function fails(): never {
  throw new Error('There is no fault profile.');
}
