import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';

import { copyOf, expectToReplay, kept, keptBy, run, tiny } from './commands.ts';

describe('npm run explore', () => {
  it('ends with 0 when every run was explored, and keeps nothing', () => {
    const { code, out, err } = run('explore', ...tiny);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Exhausted: no run within the budget breaks a property.');
    expect(out).toContain('Not reached: view-started,');
    expect(kept()).toEqual([]);
  });

  it('ends with 1 when a property breaks, and keeps a run that replays', () => {
    const ran = run('explore', '--mutant', 'table-not-rebuilt');
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain(
      'A property was broken, and no run of fewer steps within the budget breaks one.',
    );
    const path = keptBy(ran);
    // A shortest run of this budget need not be the shortest of all.
    expect(readCounterexample(path)).toMatchObject({ mutant: 'table-not-rebuilt', minimal: false });
    expectToReplay(path);
  });
});

describe('npm run minimise', () => {
  it('ends with 0 when no shorter run is left, keeps the minimal run, and leaves the given file unchanged', () => {
    const given = copyOf('table-not-rebuilt');
    const before = readFileSync(given, 'utf8');
    const ran = run('minimise', given);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const path = keptBy(ran);
    expect(readFileSync(path, 'utf8')).toContain('\n  "minimal": true,\n');
    expect(readFileSync(given, 'utf8')).toBe(before);
    expectToReplay(path);
  });
});
