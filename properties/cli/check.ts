import { runCommand } from '../../impl/terminal/arguments.ts';
import { runProgram } from './program.ts';

/** What is checked, in this order, and the program that does it. */
const checks: readonly {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
}[] = [
  { name: 'tsc', program: 'typescript/bin/tsc', args: [] },
  { name: 'biome', program: '@biomejs/biome/bin/biome', args: ['check', '.'] },
  { name: 'knip', program: 'knip/bin/knip.js', args: ['--no-progress'] },
];

await runCommand(
  {
    command: 'npm run check',
    summary:
      'Checks the types (tsc), style, format and import circles (biome), and exports that no file imports (knip).',
    options: {
      seed: { type: 'string', value: 'N', help: 'changes nothing: no check draws random numbers' },
    },
  },
  async () => {
    const failed: string[] = [];
    for (const { name, program, args } of checks)
      if ((await runProgram(program, args)) !== 0) failed.push(name);
    if (failed.length === 0) return 0;
    process.stderr.write(`npm run check: ${failed.join(' and ')} failed; the errors are above.\n`);
    return 1;
  },
);
