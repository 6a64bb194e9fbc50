import { expect, it } from 'vitest';
import { runCommand } from '../running.ts';

it.each([
  [['--seconds', '0.1'], 'time-over'],
  [['--runs', '1'], 'runs-done'],
])('npm run hunt with %j tells which limit ended it', (limit, ending) => {
  const { code, out } = runCommand('hunt', ['--json', '--seed', '1', '--replicas', '3', ...limit]);
  expect(JSON.parse(out)).toMatchObject({ ending, found: null });
  expect(code).toBe(0);
});
