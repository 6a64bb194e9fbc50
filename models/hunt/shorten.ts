import fc from 'fast-check';
import type { RunCommand } from '../runs/run/command.ts';
import { Pinned } from '../runs/run/pinned.ts';
import { type Phase, runCommands, type SystemUnderTest } from '../runs/runCommands.ts';
import { faultProfiles } from '../runs/schedules/faultProfile.ts';
import { commandMaker } from '../runs/schedules/generation.ts';
import { randomNumbers } from '../runs/schedules/random.ts';
import type { Schedule } from '../runs/schedules/schedule.ts';
import { stepsOf } from '../trace/steps.ts';
import { withVariants } from '../world/variants.ts';
import { ScheduleArbitrary, type Scope, sizesOf } from './schedules.ts';
import { type FailingTrace, shrinkQuickly, shrinkTrace } from './shrink.ts';

/** How long to search for a shorter trace: the length of schedules, and the limits of the search. */
interface Effort {
  readonly steps: number;
  readonly batches: number;
  readonly schedules: number;
  /** The search ends after this many failures. */
  readonly failures: number;
}

/** Short schedules that break a property often give shorter traces at once. */
const short: Effort = { steps: 80, batches: 60, schedules: 100, failures: 12 };

/**
 * A failure that is too rare for short schedules is found again in long ones, with the fault profile that
 * found it.
 */
const long: Effort = { steps: 400, batches: 200, schedules: 50, failures: 30 };

/** A trace of more steps than this gets the longer search. */
const longTrace = 12;

/**
 * The shortest trace found that breaks a property of the system, the given one included. Leaving events out
 * of a long trace seldom leads to the shortest one, so this searches for other traces: in the smallest groups
 * of the scope and in the trace's own. `faultProfile` names the profile that drew the trace's schedule.
 */
export function shorten(
  system: SystemUnderTest,
  trace: FailingTrace & { readonly faultProfile: string },
  phase: Phase,
  { setups, service }: Pick<Scope, 'setups' | 'service'>,
  seed: number,
): FailingTrace {
  const sizes = sizesOf({ setups });
  // Groups of one or two replicas tolerate no failure, and few bugs show there.
  const usual = sizes.filter((size) => size > 2);
  const size = Math.min(...(usual.length > 0 ? usual : sizes));
  const smallest = withVariants([...new Set(setups)].filter(({ replicas }) => replicas === size));
  const anywhere = { setups: [...smallest, trace.setup], faultProfiles, service };
  let best = shortestFound(system, trace, phase, anywhere, short, seed);
  if (stepsOf(best.records) > longTrace) {
    const own = faultProfiles.filter(({ name }) => name === trace.faultProfile);
    const alike = { setups: [best.setup], faultProfiles: own.length > 0 ? own : faultProfiles, service };
    best = shortestFound(system, best, phase, alike, long, seed);
  }
  const varied = varyAgain(system, best, phase, seed);
  if (varied === trace) return trace;
  const shrunk = shrinkTrace(system, varied, phase, sizes);
  return stepsOf(shrunk.records) < stepsOf(trace.records) ? shrunk : trace;
}

/** The shortest among the trace and those that this effort finds. */
function shortestFound(
  system: SystemUnderTest,
  trace: FailingTrace,
  phase: Phase,
  scope: Omit<Scope, 'steps'>,
  { steps, batches, schedules, failures }: Effort,
  seed: number,
): FailingTrace {
  let best = trace;
  for (let batch = 0, found = 0; batch < batches && found < failures; batch++) {
    const schedule = failingSchedule(system, { ...scope, steps }, phase, schedules, seed + batch);
    if (schedule === undefined) continue;
    found++;
    const { records } = runCommands(system, schedule.setup, schedule.commands, { record: true });
    const shorter = shrinkQuickly(system, { setup: schedule.setup, records }, phase);
    if (stepsOf(shorter.records) < stepsOf(best.records)) best = shorter;
  }
  return best;
}

/** Varies a trace as long as that makes it shorter, up to a limit. */
function varyAgain(system: SystemUnderTest, trace: FailingTrace, phase: Phase, seed: number): FailingTrace {
  let best = trace;
  for (let round = 0; round < 8; round++) {
    const shorter = vary(system, best, phase, seed + round);
    if (shorter === best && round > 1) break;
    best = shorter;
  }
  return best;
}

/** How many variations are tried, and the most random commands that replace a trace's end. */
const variations = { tried: 2000, commands: 24 } as const;

/**
 * A shorter variation of the trace, if one is found. The rare events of a trace mostly occur early, so a
 * variation keeps the beginning, except for a few events, and replaces the end by random commands. The best
 * variation is varied further.
 */
function vary(system: SystemUnderTest, trace: FailingTrace, phase: Phase, seed: number): FailingTrace {
  if (phase === 'settling') return trace;
  const random = randomNumbers(seed);
  const { setup } = trace;
  let best = trace;
  for (let tried = 0; tried < variations.tried; tried++) {
    const commands = variationOf(best, random);
    const outcome = runCommands(system, setup, commands, { record: true, settle: false });
    if (outcome.violation === undefined || outcome.records.length > best.records.length + 4) continue;
    const shorter = shrinkQuickly(system, { setup, records: outcome.records }, phase);
    if (stepsOf(shorter.records) < stepsOf(best.records)) best = shorter;
  }
  return best;
}

function variationOf({ records }: FailingTrace, random: () => number): readonly RunCommand[] {
  const kept = records.slice(0, random() % records.length).filter(() => random() % 8 !== 0);
  const faultProfile = faultProfiles[random() % faultProfiles.length] ?? faultProfiles[0];
  if (faultProfile === undefined) throw new Error('There is no fault profile.');
  const make = commandMaker(faultProfile, random());
  const end = Array.from({ length: random() % variations.commands }, () => make(random()));
  return [...kept.map((record) => new Pinned(record, random() % 2 === 0 ? 'oldest' : 'newest')), ...end];
}

function failingSchedule(
  system: SystemUnderTest,
  scope: Scope,
  phase: Phase,
  schedules: number,
  seed: number,
): Schedule | undefined {
  const property = fc.property(new ScheduleArbitrary(scope), (schedule) => {
    const options = { settle: phase === 'settling' };
    const outcome = runCommands(system, schedule.setup, schedule.commands, options);
    return outcome.violation === undefined || outcome.phase !== phase;
  });
  return fc.check(property, { seed, numRuns: schedules, endOnFailure: true }).counterexample?.[0];
}
