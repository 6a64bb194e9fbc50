import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { runCommand } from '../running.ts';

import { copyOf, expectHelpToList, expectToReplay, folder, kept, keptBy, run, tiny } from './commands.ts';

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

  it('ends with 2 before it searches if a counterexample could not be kept', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { code, out, err } = runCommand('explore', [...tiny, '--out', join(file, 'out')]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(
      `--out must be a directory that can be written to, and '${join(file, 'out')}' cannot: see ${file}.`,
    );
  });

  it('lists every option when it is asked for help', () => {
    const budget = [
      'requests',
      'timeouts',
      'timers',
      'crashes',
      'corruptions',
      'restarts',
      'client-restarts',
    ];
    const faults = ['duplicates', 'drops', 'partitions', 'views'];
    const limits = ['depth', 'settle', 'seconds', 'memory'];
    const subject = [
      'replicas',
      'mode',
      'clients',
      'reductions',
      'properties',
      'mutant',
      'max-chars',
      'pipeline',
      'checkpoint-every',
      'sessions',
      'window',
      'json',
      'workers',
      'search',
    ];
    expectHelpToList(run('explore', '--help'), [...budget, ...faults, ...limits, ...subject]);
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

  it('removes steps that the violation does not need', () => {
    const given = copyOf('table-not-rebuilt');
    const { steps, violation } = readCounterexample(given);
    const idle = '{"type":"timer","replica":1,"timer":"suspect"}';
    const longer = readFileSync(given, 'utf8')
      .replace('"events": [', `"events": [\n    ${idle},`)
      .replace(`"event":${violation.event}`, `"event":${violation.event + 1}`)
      .replace(`"steps": ${steps}`, `"steps": ${steps + 1}`);
    writeFileSync(given, longer);
    const ran = run('minimise', given);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toContain(`Shortened from ${steps + 1} steps to ${steps}, which is minimal`);
    expect(readCounterexample(keptBy(ran))).toMatchObject({ minimal: true, steps });
  });

  it('ends with 2 when a clock is set in the trace, because exploration sets none', () => {
    const { code, err } = run('minimise', 'models/mutants/traces/own-clock-trusted.json');
    expect(err).toContain('changes a clock, and the exploration that minimises changes none');
    expect(code).toBe(2);
  });

  it('ends with 2 when there is no file', () => {
    const missing = join(folder, 'missing.json');
    const err = `npm run minimise: ${missing}: there is no such file.\n`;
    expect(run('minimise', missing)).toEqual({ code: 2, out: '', err });
  });

  it('ends with 2 when it is given the name of a mutant, and names the file of its kept trace', () => {
    const { code, err } = run('minimise', 'table-not-rebuilt');
    expect(err).toContain("It takes a FILE, and 'table-not-rebuilt' is the name of a mutant: ");
    expect(err).toContain('its kept trace is models/mutants/traces/table-not-rebuilt.json.\n');
    expect(code).toBe(2);
  });
});
