import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StorageMode } from '../../impl/index.ts';
import type { SettledInvariant } from '../../models/checking/invariants/invariant.ts';
import { propertiesWhere, type Violation } from '../../models/checking/properties.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { runCommands } from '../../models/runs/runCommands.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { type Implementation, realImplementation } from '../../models/world/implementation.ts';
import { seed } from '../seed.ts';

/** These promise something only while no more is lost than the group tolerates. All others must hold whatever is lost. */
const onlyIfTolerated: ReadonlySet<string> = new Set([
  'never-lost',
  'answered-in-the-end',
  'all-or-none',
  'one-normal-view',
  'calm-traffic',
  'no-false-alarm',
]);

/** How many schedules are run for each storage mode. */
const numRuns = 60;

/** How often a group lost more than it tolerates, and raised an alarm, in all runs of a hunt. */
interface Losses {
  standstills: number;
  alarms: number;
}

/** The first violation in schedules that lose more than the group tolerates, and what was lost until then. */
function runOverload(
  implementation: Implementation,
  mode: StorageMode,
): { readonly violation: Violation | undefined; readonly losses: Losses } {
  const losses: Losses = { standstills: 0, alarms: 0 };
  let isAlarmed = false;
  const watched: Implementation = {
    ...implementation,
    // A world is made for each run.
    configure: (...given) => {
      isAlarmed = false;
      return implementation.configure(...given);
    },
    step: (replica, input) => {
      const outputs = implementation.step(replica, input);
      if (outputs.some(({ type }) => type === 'alarm')) isAlarmed = true;
      return outputs;
    },
  };
  const lossIsNoticed: Omit<SettledInvariant, 'evidence'> = {
    name: 'loss-is-noticed',
    level: 'state',
    prose:
      'Once more than f replicas that recover can communicate for long enough, one of them has raised an alarm.',
    check({ machines, configuration }) {
      const recovering = machines.filter(({ replica }) => replica?.status === 'recovering').length;
      if (recovering <= configuration.tolerated) return undefined;
      losses.standstills++;
      if (isAlarmed) losses.alarms++;
      return isAlarmed ? undefined : `${recovering} replicas recover, and none has raised an alarm.`;
    },
  };
  const always = propertiesWhere((name) => !onlyIfTolerated.has(name));
  const properties = { ...always, settled: [...always.settled, lossIsNoticed] };
  const setups = [3, 4, 5].map((replicas) => ({ replicas, mode, clients: 2, overload: true }) as const);
  const crashing = faultProfiles.filter(({ name }) => ['storm', 'crashes', 'amnesia'].includes(name));
  const system = { implementation: watched, properties };
  const schedules = new ScheduleArbitrary({ setups, faultProfiles: crashing, steps: 400 });
  for (const { setup, commands } of fc.sample(schedules, { numRuns, seed })) {
    const { violation } = runCommands(system, setup, commands, {});
    if (violation !== undefined) return { violation, losses };
  }
  return { violation: undefined, losses };
}

test.each(['diskless', 'durable'] as const)(
  'a %s group that loses more than it tolerates serves no divergent answer, and raises an alarm or stands still',
  (mode) => {
    const { violation, losses } = runOverload(realImplementation, mode);
    expect(violation).toBeUndefined();
    expect(losses.standstills).toBeGreaterThan(0);
    expect(losses.alarms).toBe(losses.standstills);
  },
);

test('a loss of which no replica tells is noticed', async () => {
  const silent = await loadImplementation([
    {
      file: 'replica/handlers/recovery.ts',
      find: 'if (recovering > tolerated) alarm(',
      replace: 'if (recovering > tolerated + context.replica.configuration.size) alarm(',
    },
  ]);
  expect(runOverload(silent, 'diskless').violation?.property).toBe('loss-is-noticed');
});

test('a loss is noticed where a replica restarts as if it had lost nothing', async () => {
  const forgetful = await loadImplementation(mutantNamed('amnesiac-normal'));
  const { violation } = runOverload(forgetful, 'diskless');
  expect(violation?.property).toBeDefined();
  expect(violation?.property).not.toBe('loss-is-noticed');
});
