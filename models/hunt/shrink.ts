import { type Phase, runRecords, type SystemUnderTest } from '../runs/runCommands.ts';
import type { EventRecord } from '../world/event.ts';
import { simplifications } from '../world/variants.ts';
import type { Setup } from '../world/world.ts';
import { type Attempt, minimise, withoutBlocks } from './minimise.ts';
import { choices, keeping, renumbered, rotation } from './renumber.ts';
import { withoutViews } from './skipViews.ts';

/** A group and the events that break a property in it. */
export interface FailingTrace {
  readonly setup: Setup;
  readonly records: readonly EventRecord[];
}

/**
 * A shorter trace that breaks a property of the system in the same phase, in a smaller group of one of
 * `sizes` if possible. It depends on its arguments alone.
 */
export function shrinkTrace(
  system: SystemUnderTest,
  trace: FailingTrace,
  phase: Phase,
  sizes: readonly number[],
): FailingTrace {
  const work: Work = { left: thoroughWork };
  // In a simple and small group the thorough passes take much less time.
  const quick = (one: FailingTrace) => shrinkQuickly(system, one, phase);
  const thorough = (one: FailingTrace) => shrinkThoroughly(system, one, phase, work);
  let best = trace;
  for (const shrink of [quick, thorough]) {
    best = shrink(simplified(system, best, phase));
    best = inSimplerGroup(system, best, phase, shrink);
    for (const size of [...sizes].sort((one, other) => other - one)) {
      if (size >= best.setup.replicas) continue;
      const smaller = inSmallerGroup(system, best, size, phase);
      if (smaller !== undefined) best = shrink(smaller);
    }
  }
  return best;
}

/** A shorter trace, found quickly: only blocks and single events are left out. */
export function shrinkQuickly(
  system: SystemUnderTest,
  { setup, records }: FailingTrace,
  phase: Phase,
): FailingTrace {
  return { setup, records: withoutBlocks(records, attemptIn(system, setup, phase)) };
}

/** How many events thorough shrinking may still try. In large groups it would take minutes otherwise. */
interface Work {
  left: number;
}

const thoroughWork = 500_000;

function shrinkThoroughly(
  system: SystemUnderTest,
  { setup, records }: FailingTrace,
  phase: Phase,
  work: Work,
): FailingTrace {
  const unbounded = attemptIn(system, setup, phase);
  const attempt: Attempt<EventRecord> = (candidate) => {
    if (work.left <= 0) return undefined;
    work.left -= candidate.length;
    return unbounded(candidate);
  };
  const shorter = minimise(records, attempt);
  // With another first primary some view changes may be unnecessary.
  const turned: Attempt<EventRecord> = (candidate) => {
    for (let shift = 0; shift < setup.replicas; shift++) {
      const outcome = attempt(renumbered(candidate, rotation(setup.replicas, shift)));
      if (outcome !== undefined) return outcome;
    }
    return undefined;
  };
  return { setup, records: withFewerViews(system, setup, minimise(shorter, turned), turned) };
}

/** Leaves out views as long as that shortens the trace. */
function withFewerViews(
  system: SystemUnderTest,
  setup: Setup,
  records: readonly EventRecord[],
  attempt: Attempt<EventRecord>,
): readonly EventRecord[] {
  for (const candidate of withoutViews(system.implementation, setup, records)) {
    const shorter = attempt(candidate);
    if (shorter === undefined || shorter.length >= records.length) continue;
    return withFewerViews(system, setup, minimise(shorter, attempt), attempt);
  }
  return records;
}

/**
 * An attempt that runs a candidate, with similar events in place of missing ones and without events that are
 * not enabled.
 */
function attemptIn(system: SystemUnderTest, setup: Setup, phase: Phase): Attempt<EventRecord> {
  return (candidate) => {
    for (const substitute of ['oldest', 'newest'] as const) {
      const outcome = runRecords(system, setup, candidate, { substitute, settle: phase === 'settling' });
      if (outcome.violation !== undefined && outcome.phase === phase) return outcome.records;
    }
    return undefined;
  };
}

/** The same trace in a group with fewer variants, in which all attempts take less time. */
function simplified(system: SystemUnderTest, trace: FailingTrace, phase: Phase): FailingTrace {
  for (const setup of simplifications(trace.setup)) {
    const records = attemptIn(system, setup, phase)(trace.records);
    if (records !== undefined) return simplified(system, { setup, records }, phase);
  }
  return trace;
}

/** The trace in a group with fewer variants, if it breaks the property there too, and shrunk there. */
function inSimplerGroup(
  system: SystemUnderTest,
  trace: FailingTrace,
  phase: Phase,
  shrink: (one: FailingTrace) => FailingTrace,
): FailingTrace {
  for (const setup of simplifications(trace.setup)) {
    const records = attemptIn(system, setup, phase)(trace.records);
    if (records !== undefined) return inSimplerGroup(system, shrink({ setup, records }), phase, shrink);
  }
  return trace;
}

function inSmallerGroup(
  system: SystemUnderTest,
  { setup, records }: FailingTrace,
  size: number,
  phase: Phase,
): FailingTrace | undefined {
  const smaller = { ...setup, replicas: size };
  const attempt = attemptIn(system, smaller, phase);
  for (const kept of choices(setup.replicas, size)) {
    for (let shift = 0; shift < size; shift++) {
      const outcome = attempt(renumbered(records, keeping(kept, shift)));
      if (outcome !== undefined) return { setup: smaller, records: outcome };
    }
  }
  return undefined;
}
