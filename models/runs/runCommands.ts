import fc from 'fast-check';
import type { Tally } from '../checking/coverage/tally.ts';
import { Model } from '../checking/model.ts';
import type { Properties, Violation } from '../checking/properties.ts';
import type { EventRecord, Substitute } from '../world/event.ts';
import type { Implementation } from '../world/implementation.ts';
import { createWorld, type Setup } from '../world/world.ts';
import { settle } from './liveness/settle.ts';
import type { RunCommand } from './run/command.ts';
import { Pinned } from './run/pinned.ts';
import { PropertyViolated, Run } from './run/run.ts';

/** What is tried, and by which properties it is judged. */
export interface SystemUnderTest {
  readonly implementation: Implementation;
  readonly properties: Properties;
}

/** When a property was broken: by an event, or by how the group stands although it had time to settle after the last one. */
export type Phase = 'events' | 'settling';

/** What came of one run. */
export interface RunOutcome {
  /** All events, those of settling included. */
  readonly events: number;
  /** The concrete events up to the one that broke a property, or all of the schedule before the group was to settle. */
  readonly records: readonly EventRecord[];
  readonly violation: Violation | undefined;
  readonly phase: Phase;
}

/** How a run is to be done. */
export interface RunOptions {
  readonly tally?: Tally;
  /** Whether to keep the concrete events. */
  readonly record?: boolean;
  /** Whether the group must settle after the last event. */
  readonly settle?: boolean;
}

/** Runs commands by `fc.modelRun` on a new world, then lets it settle. */
export function runCommands(
  { implementation, properties }: SystemUnderTest,
  setup: Setup,
  commands: Iterable<RunCommand>,
  options: RunOptions,
): RunOutcome {
  const world = createWorld(implementation, setup);
  const records: EventRecord[] = [];
  const tally = options.tally === undefined ? {} : { tally: options.tally };
  const run = new Run(world, { ...tally, ...(options.record === true ? { records } : {}) });
  const model = new Model(world, properties);
  try {
    fc.modelRun(() => ({ model, real: run }), commands);
    const scheduled = records.length;
    const violation = options.settle === false ? undefined : settle(model, run);
    return { events: run.events, records: records.slice(0, scheduled), violation, phase: 'settling' };
  } catch (error) {
    if (!(error instanceof PropertyViolated)) throw error;
    return { events: run.events, records, violation: error.violation, phase: 'events' };
  }
}

/** How recorded events are run again. */
export interface RerunOptions {
  readonly stand: Substitute;
  readonly settle: boolean;
}

/** Runs those of the recorded events that can happen, or similar ones. */
export function runRecords(
  system: SystemUnderTest,
  setup: Setup,
  records: readonly EventRecord[],
  { stand, settle }: RerunOptions,
): RunOutcome {
  const commands = records.map((record) => new Pinned(record, stand));
  return runCommands(system, setup, commands, { record: true, settle });
}
