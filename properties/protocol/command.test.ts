import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { root } from '../root.ts';

// Slow tests explore all usual bounds, and the CI runs the command with its options.
test('npm run spec without bounds begins with the usual ones, in both modes, and ends with 130 when it is interrupted', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'models/cli/spec.ts'], { cwd: root });
  const ended = once(child, 'close');
  let out = '';
  for await (const chunk of child.stdout) {
    out += String(chunk);
    if (!child.killed && out.includes('diskless')) child.kill('SIGINT');
  }
  expect(await ended).toEqual([130, null]);
  for (const mode of ['durable', 'diskless'])
    expect(out).toContain(
      `${mode}, requests 1, timeouts 1, crashes 0, losses 0: 244 states, all that there are\n`,
    );
});
