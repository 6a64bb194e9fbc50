import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { root } from './root.ts';

/** The exit code of a command and its output. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const packageFile = z.object({ scripts: z.record(z.string(), z.string()) });
const { scripts } = packageFile.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/** Runs a command as `npm run <name> -- …` does, with these lines on standard input. */
export function runCommand(name: string, args: readonly string[], input = ''): Ran {
  const file = scripts[name]?.match(/^node --import tsx (\S+)$/)?.[1];
  if (file === undefined)
    throw new Error(`package.json has no script '${name}' that runs a TypeScript file.`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', file, ...args], {
    cwd: root,
    input,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}
