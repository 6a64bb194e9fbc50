import { runCommand } from '../../impl/terminal/arguments.ts';
import { seedFrom, seedOption } from '../../impl/terminal/optionValues.ts';
import { benchCore } from './core.ts';
import { benchInFlight } from './inFlight.ts';
import { benchSchedules } from './schedules.ts';

await runCommand(
  {
    command: 'npm run bench',
    summary:
      'Measures how fast schedules run through fast-check, next to a plain loop, what an operation costs three replicas in\n' +
      'one thread with more and more requests in flight, and what a step of the bare replica costs as its log grows.\n' +
      'Takes about a minute. Figures differ between runs; the ratios are what to look at.',
    options: { seed: seedOption },
  },
  async ({ values }) => {
    const seed = seedFrom(values.seed);
    console.log(`seed ${seed}`);
    benchSchedules(console.log, seed);
    console.log();
    await benchInFlight(console.log);
    console.log();
    await benchCore(console.log);
    return 0;
  },
);
