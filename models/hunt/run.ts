import fc from 'fast-check';
import type { TrialCommand } from '../commands/choice.ts';
import { Pinned } from '../commands/pinned.ts';
import { ClaimBroken, Trial } from '../commands/trial.ts';
import { settle } from '../liveness/settle.ts';
import { type Claims, Model, type Violation } from '../model.ts';
import type { Tally } from '../situations/tally.ts';
import type { EventRecord } from '../world/event.ts';
import type { Implementation } from '../world/implementation.ts';
import { createWorld, type Setup } from '../world/world.ts';

/** What is tried, and by which claims it is judged. */
export interface Subject {
  readonly implementation: Implementation;
  readonly claims: Claims;
}

/** When a claim was broken: by one of the schedule's events, or when the group should have settled after them. */
export type Phase = 'events' | 'settling';

/** What came of one run. */
export interface Outcome {
  /** All events, those of settling included. */
  readonly events: number;
  /** The concrete events of the schedule, up to the violation if one of them was it. */
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
  { implementation, claims }: Subject,
  setup: Setup,
  commands: Iterable<TrialCommand>,
  options: RunOptions,
): Outcome {
  const world = createWorld(implementation, setup);
  const records: EventRecord[] = [];
  const tally = options.tally === undefined ? {} : { tally: options.tally };
  const trial = new Trial(world, { ...tally, ...(options.record === true ? { records } : {}) });
  const model = new Model(world, claims);
  let phase: Phase = 'events';
  let scheduled = 0;
  try {
    fc.modelRun(() => ({ model, real: trial }), commands);
    phase = 'settling';
    scheduled = records.length;
    if (options.settle !== false) settle(model, trial);
    return { events: trial.events, records: records.slice(0, scheduled), violation: undefined, phase };
  } catch (error) {
    if (!(error instanceof ClaimBroken)) throw error;
    const kept = phase === 'events' ? records : records.slice(0, scheduled);
    return { events: trial.events, records: kept, violation: error.violation, phase };
  }
}

/** Runs those of the recorded events that can happen. */
export function runRecords(
  subject: Subject,
  setup: Setup,
  records: readonly EventRecord[],
  settling: boolean,
): Outcome {
  const commands = records.map((record) => new Pinned(record));
  return runCommands(subject, setup, commands, { record: true, settle: settling });
}
