import { runCommand } from '../../impl/terminal/arguments.ts';
import { seedFrom, seedOption } from '../../impl/terminal/optionValues.ts';
import { benchCore } from './core.ts';
import { benchInFlight } from './inFlight.ts';
import { benchSchedules } from './schedules.ts';

await runCommand(
  {
    command: 'npm run bench',
    summary:
      'Measures the rate of schedules through fast-check and in a plain loop, the time of an operation at three replicas in\n' +
      'one thread with more and more requests in flight, and the time of a step of a replica as its log grows.\n' +
      'Takes about a minute. Figures differ between runs; compare the ratios.',
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
