import fc from 'fast-check';
import { Tally } from '../checking/coverage/tally.ts';
import { Model } from '../checking/model.ts';
import { allProperties, type Properties, propertiesWhere } from '../checking/properties.ts';
import { configured } from '../hunt/configurations.ts';
import { DrawShares } from '../hunt/draws.ts';
import { ScheduleArbitrary } from '../hunt/schedules.ts';
import { scopeOf, usualSteps } from '../hunt/scope.ts';
import { median } from '../quantile.ts';
import { Run } from '../runs/run/run.ts';
import { commandMaker } from '../runs/schedules/generation.ts';
import { randomNumbers } from '../runs/schedules/random.ts';
import { realImplementation } from '../world/implementation.ts';
import { createWorld, type Setup } from '../world/world.ts';

/** A way of running schedules. `run` returns the number of events performed. */
interface ScheduleRunner {
  readonly name: string;
  readonly run: (schedules: number, seed: number) => number;
}

const scope = scopeOf({});
const draw = new DrawShares(scope).sampler();
const nothing: Properties = propertiesWhere(() => false);

const runners: readonly ScheduleRunner[] = [
  {
    name: 'through fast-check, every property',
    run: (schedules, seed) => throughFastCheck(schedules, seed, allProperties),
  },
  { name: 'plain loop, every property', run: (schedules, seed) => plainLoop(schedules, seed, allProperties) },
  { name: 'plain loop, no property', run: (schedules, seed) => plainLoop(schedules, seed, nothing) },
];

/**
 * Measures events per second through fast-check, with every property checked after every event, and in a plain loop that draws
 * the same kinds of commands over the same world. The runners take turns, so that other load affects all alike.
 */
export function benchSchedules(
  print: (line: string) => void,
  seed: number,
  schedules: number,
  rounds = 9,
): void {
  const rates = runners.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    runners.forEach(({ run }, index) => {
      const start = process.cpuUsage();
      const events = run(schedules, seed + round);
      const { user, system } = process.cpuUsage(start);
      // The first round only warms up.
      if (round > 0) rates[index]?.push(events / ((user + system) / 1e6));
    });
  }
  print(`Events per second of CPU time, median of ${rounds} rounds of ${schedules} schedules (no settling):`);
  const medians = rates.map(median);
  runners.forEach(({ name }, index) => {
    const rate = medians[index] ?? 0;
    const ratio = (medians[0] ?? 0) / rate;
    print(
      `  ${name.padEnd(34)} ${String(Math.round(rate)).padStart(9)}   fast-check with every property reaches ${ratio.toFixed(2)} of this rate`,
    );
  });
}

function throughFastCheck(schedules: number, seed: number, properties: Properties): number {
  let events = 0;
  const tally = new Tally();
  const arbitrary = new ScheduleArbitrary(scope);
  const property = fc.property(arbitrary, ({ setup, commands }) => {
    const { run, model } = begin(setup, properties, tally);
    fc.modelRun(() => ({ model, real: run }), commands);
    events += run.events;
  });
  fc.assert(property, { seed, numRuns: schedules });
  return events;
}

function plainLoop(schedules: number, seed: number, properties: Properties): number {
  const random = randomNumbers(seed);
  const tally = new Tally();
  let events = 0;
  for (let run = 0; run < schedules; run++) {
    const below = (count: number): number => random() % count;
    const { combination, configuring } = draw(below);
    const { setup: group, faultProfile } = combination;
    const setup = configured(group, configuring, below);
    const make = commandMaker(faultProfile, random());
    const { run, model } = begin(setup, properties, tally);
    for (let left = random() % usualSteps; left > 0; left--) make(random()).run(model, run);
    events += run.events;
  }
  return events;
}

function begin(
  setup: Setup,
  properties: Properties,
  tally: Tally,
): { readonly run: Run; readonly model: Model } {
  const world = createWorld(realImplementation, setup);
  return { run: new Run(world, { tally }), model: new Model(world, properties) };
}
