import { runCommand } from '../../impl/terminal/arguments.ts';
import { runProgram } from './program.ts';

await runCommand(
  {
    command: 'npm run check',
    summary: 'Checks the types with tsc, then the style, the format and who imports whom with biome.',
    options: {
      seed: { type: 'string', value: 'N', help: 'changes nothing: nothing here is left to chance' },
    },
  },
  async () => {
    const failed: string[] = [];
    if ((await runProgram('typescript/bin/tsc', [])) !== 0) failed.push('tsc');
    if ((await runProgram('@biomejs/biome/bin/biome', ['check', '.'])) !== 0) failed.push('biome');
    if (failed.length === 0) return 0;
    process.stderr.write(`npm run check: ${failed.join(' and ')} failed; the complaints are above.\n`);
    return 1;
  },
);
