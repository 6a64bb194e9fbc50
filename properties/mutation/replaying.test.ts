import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../impl/terminal/arguments.ts';
import { counterexampleGiven } from '../../models/cli/options/mutants.ts';
import { traceFile } from '../../models/mutation/traces/keptTraces.ts';
import { runCommand } from '../running.ts';

describe('npm run replay with the name of a mutant', () => {
  it('replays the shortest trace of the mutant', () => {
    const { code, out } = runCommand('replay', ['table-not-rebuilt']);
    expect(out).toContain('the mutant table-not-rebuilt; 3 steps, minimal for what it spends.');
    expect(code).toBe(0);
  });

  it('ends with 2 if there is neither a file nor a mutant of that name', () => {
    const { code, err } = runCommand('replay', ['tabel-not-rebuilt']);
    expect(err).toContain(
      "npm run replay: 'tabel-not-rebuilt' is neither a file nor a mutant; the nearest mutants are table-not-rebuilt, ",
    );
    expect(err).not.toContain('ack-on-gap');
    expect(code).toBe(2);
  });
});

describe('a name on a command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
  const before = process.cwd();
  beforeAll(() => process.chdir(folder));
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });

  it('is that of a file if there is one', () => {
    expect(counterexampleGiven('ack-on-gap')).toBe(traceFile('ack-on-gap'));
    mkdirSync('ack-on-gap');
    expect(counterexampleGiven('ack-on-gap')).toBe(traceFile('ack-on-gap'));
    rmSync('ack-on-gap', { recursive: true });
    writeFileSync('ack-on-gap', '{}');
    expect(counterexampleGiven('ack-on-gap')).toBe('ack-on-gap');
  });

  it('is rejected if there is neither a file nor a mutant', () => {
    expect(() => counterexampleGiven('none.json')).toThrow(UsageError);
  });
});
