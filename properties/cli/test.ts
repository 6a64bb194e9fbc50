import { runCommand } from '../../impl/terminal/arguments.ts';
import { seedFrom, seedOption } from '../../impl/terminal/optionValues.ts';
import { runProgram } from './program.ts';

await runCommand(
  {
    command: 'npm test',
    summary: 'Checks every property, or those in the files whose path contains one of the given texts.',
    positionals: { value: 'FILE', help: 'part of the path of a property file, such as house/readme' },
    options: {
      seed: seedOption,
      name: { type: 'string', short: 't', value: 'PATTERN', help: 'run only the tests whose name matches' },
      coverage: { type: 'boolean', help: 'report which lines of impl/ the properties reach' },
      json: { type: 'string', value: 'FILE', help: 'write the results to a JSON file too' },
    },
  },
  ({ values, positionals }) => {
    const seed = seedFrom(values.seed);
    process.stdout.write(`seed ${seed} (to repeat this run: npm test -- --seed ${seed})\n`);
    const args = ['run'];
    if (values.name !== undefined) args.push(`--testNamePattern=${values.name}`);
    if (values.coverage) args.push('--coverage');
    if (values.json !== undefined) {
      args.push('--reporter=default', '--reporter=json', `--outputFile.json=${values.json}`);
    }
    return runProgram('vitest/vitest.mjs', [...args, ...positionals], {
      VIEWSTAMPED_SEED: String(seed),
    });
  },
);
