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

/** The implementation under test, and the properties that it must keep. */
export interface SystemUnderTest {
  readonly implementation: Implementation;
  readonly properties: Properties;
  /** Called before each run. */
  readonly onRun?: () => void;
}

/** When a property was broken: by an event, or only while the group settled after the last one. */
export type Phase = 'events' | 'settling';

/** The result of one run. */
export interface RunOutcome {
  /** The number of events, those of settling included. */
  readonly events: number;
  /** The events up to the one that broke a property, or all events before settling. Empty unless recorded. */
  readonly records: readonly EventRecord[];
  readonly violation: Violation | undefined;
  readonly phase: Phase;
}

/** The options of a run. */
export interface RunOptions {
  readonly tally?: Tally;
  /** Whether to record the events; false by default. */
  readonly record?: boolean;
  /** Whether the group must settle after the last event; true by default. */
  readonly settle?: boolean;
}

/** Runs commands with `fc.modelRun` in a new world, then lets the group settle. */
export function runCommands(
  { implementation, properties, onRun }: SystemUnderTest,
  setup: Setup,
  commands: Iterable<RunCommand>,
  options: RunOptions,
): RunOutcome {
  onRun?.();
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

/** The options for running recorded events again. */
export interface RerunOptions {
  readonly substitute: Substitute;
  readonly settle: boolean;
}

/** Runs the recorded events that are enabled, or similar ones. */
export function runRecords(
  system: SystemUnderTest,
  setup: Setup,
  records: readonly EventRecord[],
  { substitute, settle }: RerunOptions,
): RunOutcome {
  const commands = records.map((record) => new Pinned(record, substitute));
  return runCommands(system, setup, commands, { record: true, settle });
}
