import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../running.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));
const dice = 'properties/hunting/services/dice.ts';

describe('npm run hunt --service', () => {
  const { code, out } = runCommand('hunt', [
    '--service',
    dice,
    '--seed',
    '1',
    '--runs',
    '50',
    '--out',
    folder,
  ]);
  const path = /^Counterexample: (.*)$/m.exec(out)?.[1] ?? '';

  it('finds that a service is not deterministic, and says after how much', () => {
    expect(code).toBe(1);
    expect(out).toMatch(
      /^Found after \d+ schedules? \(.* events\) and .* seconds\. Shrunk from \d+ events to \d+/m,
    );
    expect(out).toContain('BROKEN at event');
    expect(out).toContain(`Replay it:      npm run replay -- ${path} --service ${dice}`);
  });

  it('keeps a trace that replays with that service only', () => {
    expect(runCommand('replay', [path, '--service', dice]).code).toBe(0);
    const other = runCommand('replay', [path, '--service', 'impl/examples/locks.ts']);
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('and --service names locks.ts.')]);
    const none = runCommand('replay', [path]);
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('Add --service with that file.')]);
  });

  it('refuses the trace of another group', () => {
    const { code, err } = runCommand('replay', ['paper-recovery', '--service', dice]);
    expect([code, err]).toEqual([2, expect.stringContaining('is a run of a service of the models')]);
  });
});

describe('npm run hunt --list', () => {
  it('prints mutants, properties and coverage marks with their prose', () => {
    const { code, out } = runCommand('hunt', ['--list']);
    expect(code).toBe(0);
    for (const line of ['  paper-recovery', '  never-lost', '  never-backwards', '  view-started'])
      expect(out.split('\n')).toContain(line);
    expect(out).toContain('A view change completes: a new primary announces its view.');
  });
});
