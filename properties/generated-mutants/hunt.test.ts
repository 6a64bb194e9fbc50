import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeReason } from '../../impl/index.ts';
import { Tally } from '../../models/checking/coverage/tally.ts';
import type { Invariant } from '../../models/checking/invariants/invariant.ts';
import { allProperties } from '../../models/checking/properties.ts';
import { ScheduleArbitrary, type Scope } from '../../models/hunt/schedules.ts';
import { modes, scopeOf, usualSteps } from '../../models/hunt/scope.ts';
import { runCommands, type SystemUnderTest } from '../../models/runs/runCommands.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { realImplementation } from '../../models/world/implementation.ts';

/** A step that outputs `dropped` or `rejected` changes no state, as `Output` promises. */
const idleStepsAreIdle: Omit<Invariant, 'evidence'> = {
  name: 'idle-steps-are-idle',
  level: 'step',
  prose: 'A message that is dropped or rejected changes nothing, and a reason is given.',
  check({ old, now, after }) {
    for (const output of after.last?.outputs ?? []) {
      if (output.type !== 'dropped' && output.type !== 'rejected') continue;
      if (!describeReason(output.reason)) return 'No reason is given.';
      const before = Object.entries({ ...old.replica, held: old.replica?.held.length });
      const fields: Readonly<Record<string, unknown>> = { ...now.replica, held: now.replica?.held.length };
      const changed = before.find(([name, value]) => fields[name] !== value);
      if (changed !== undefined)
        return `It changed ${changed[0]}, and says: ${describeReason(output.reason)}.`;
    }
    return undefined;
  },
};

/** The imported implementation, not one loaded from its text: Stryker keeps all of its mutants in one text. */
const subject: SystemUnderTest = {
  implementation: realImplementation,
  properties: { ...allProperties, invariants: [...allProperties.invariants, idleStepsAreIdle] },
};

/** The same schedules for every mutant: what counts is whether one fails, so no trace is shrunk. */
const seed = 1;

/** Marks that 600 schedules reach dozens of times. The others are rarer, and an improvement may make them rarer still. */
const common: readonly string[] = [
  ...['view-started', 'uncommitted-suffix-carried', 'suffix-discarded', 'view-change-abandoned'],
  ...[
    'late-vote-answered',
    'startview-repeated',
    'primacy-returns',
    'transfer-in-view',
    'recovery-completed',
  ],
  ...['restart-mid-view-change', 'primary-restarted', 'torn-write-found', 'message-outlives-sender'],
  ...[
    'commit-without-all',
    'prepare-resent',
    'answered',
    'answered-after-view-change',
    'answered-from-table',
  ],
  ...['log-compacted', 'checkpoint-for-later-view', 'checkpoint-for-recovery', 'restarted-from-checkpoint'],
  ...['checkpoint-replaced'],
  ...['repetition-while-running', 'request-forwarded', 'client-restarted-while-waiting'],
];

test('random schedules break no property, and reach every coverage mark that is common', () => {
  const reached = hunt(scopeOf({}), 600);
  for (const name of common) expect(reached.count(name), name).toBeGreaterThanOrEqual(10);
});

test('random schedules break no property in groups that tolerate no failure', () => {
  const setups = [1, 2].flatMap((replicas) => modes.map((mode) => ({ replicas, mode, clients: 2 })));
  const reached = hunt({ setups, faultProfiles, steps: usualSteps }, 100);
  expect(reached.count('answered')).toBeGreaterThan(100);
});

/** Runs the schedules up to the first violation, and shrinks nothing. */
function hunt(scope: Scope, schedules: number): Tally {
  const tally = new Tally();
  const property = fc.property(new ScheduleArbitrary(scope), ({ setup, commands }) => {
    expect(runCommands(subject, setup, commands, { tally }).violation).toBeUndefined();
  });
  fc.assert(property, { seed, numRuns: schedules, endOnFailure: true });
  return tally;
}
