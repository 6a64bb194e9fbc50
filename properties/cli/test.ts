import { runCommand } from '../../impl/terminal/arguments.ts';
import { seedFrom, seedOption } from '../../impl/terminal/optionValues.ts';
import { runProgram } from './program.ts';

await runCommand(
  {
    command: 'npm test',
    summary:
      'Checks the properties: all but the slow ones (*.slow.test.ts), or those in the files whose path contains one of the given\n' +
      'texts, slow or not. npm run test:all checks all.',
    positionals: { value: 'FILE', help: 'part of the path of a property file, such as paper/section-4.2' },
    options: {
      all: { type: 'boolean', help: 'check the slow ones too' },
      seed: seedOption,
      name: { type: 'string', short: 't', value: 'PATTERN', help: 'run only the tests whose name matches' },
      coverage: { type: 'boolean', help: 'report which lines of impl/ the properties reach' },
      json: { type: 'string', value: 'FILE', help: 'write the results to a JSON file too' },
    },
  },
  ({ values, positionals }) => {
    const seed = seedFrom(values.seed);
    const command = values.all ? 'npm run test:all' : 'npm test';
    process.stdout.write(`seed ${seed} (to repeat this run: ${command} -- --seed ${seed})\n`);
    const args = ['run'];
    if (!values.all && positionals.length === 0) args.push('--exclude=**/*.slow.test.ts');
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
