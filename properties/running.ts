import { spawnSync } from 'node:child_process';
import { root } from './root.ts';

/** What came of a command. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command as `npm run <name> -- …` does, with these lines on standard input. */
export function runCommand(name: string, args: readonly string[], input = ''): Ran {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', `${name === 'mutate' ? 'properties' : 'models'}/cli/${name}.ts`, ...args],
    { cwd: root, input, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  );
  return { code: status, out: stdout, err: stderr };
}
