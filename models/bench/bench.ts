import { runCommand } from '../../impl/terminal/arguments.ts';
import { seedFrom, seedOption, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { benchCore } from './core.ts';
import { benchInFlight } from './inFlight.ts';
import { benchSchedules } from './schedules.ts';

await runCommand(
  {
    command: 'npm run bench',
    summary:
      'Measures the rate of schedules through fast-check and in a plain loop, the time of an operation at three replicas in\n' +
      'one thread with more and more requests in flight, and the time of a step of a replica as its log grows.\n' +
      'Takes minutes. Figures differ between runs; compare the ratios.',
    options: {
      rounds: {
        type: 'string',
        value: 'N',
        help: 'the number of rounds of each measurement (default: 9, 15 and 60)',
      },
      schedules: { type: 'string', value: 'N', default: '2000', help: 'the number of schedules in a round' },
      entries: { type: 'string', value: 'N', default: '10000000', help: 'the length of the longest log' },
      seed: seedOption,
    },
  },
  async ({ values }) => {
    const rounds = wholeNumber('--rounds', values.rounds, { min: 1, max: 1000 });
    const schedules = wholeNumber('--schedules', values.schedules, { min: 1 });
    const entries = wholeNumber('--entries', values.entries, { min: 1_000_000 });
    const seed = seedFrom(values.seed);
    console.log(`seed ${seed}`);
    benchSchedules(console.log, seed, schedules, rounds);
    console.log();
    await benchInFlight(console.log, rounds);
    console.log();
    await benchCore(console.log, entries, rounds);
    return 0;
  },
);
