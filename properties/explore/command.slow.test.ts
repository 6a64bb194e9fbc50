import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { runCommand } from '../running.ts';

import { copyOf, expectHelpToList, expectToReplay, folder, kept, keptBy, run, tiny } from './commands.ts';

// Each test starts the command, most of them to see one error. They rarely fail where command.test.ts does not.
describe('npm run explore', () => {
  it('prints the same twice but for time and memory', () => {
    const [first, second] = [[], ['--seed', '7']].map(
      (seed) => run('explore', ...tiny, '--json', ...seed).out,
    );
    const measured = /"(seconds|bytes)":[^,}]+/g;
    expect(first?.match(measured)).toHaveLength(2);
    expect(second?.replace(measured, '')).toBe(first?.replace(measured, ''));
    expect(JSON.parse(first ?? '')).toMatchObject({ ending: 'exhausted', found: null, path: null });
  });

  it('finds as many states with two threads, and with depth-first search, as alone in breadth', () => {
    const budget = ['--timeouts', '2', '--requests', '1', '--json'];
    const [alone, ...others] = [[], ['--workers', '2'], ['--search', 'depth']].map((more) =>
      JSON.parse(run('explore', ...budget, ...more).out),
    );
    const { states, transitions } = alone;
    for (const other of others) expect(other).toMatchObject({ ending: 'exhausted', states, transitions });
    // A level was large enough to be shared out.
    expect(states).toBeGreaterThan(20_000);
  });

  it('keeps the same shortest run with two threads as with one, and it replays', () => {
    const args = ['--mutant', 'startview-cut-at-commit', '--mode', 'diskless', '--json', '--workers'];
    const [one, two] = ['1', '2'].map((workers) => run('explore', ...args, workers));
    expect(two).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(two?.out ?? '').found).toEqual(JSON.parse(one?.out ?? '').found);
    for (const path of kept()) expectToReplay(path);
  });

  it('finds a mutant about corruption with a budget for it', () => {
    const args = ['--mutant', 'corrupt-entry-means-absent', '--timeouts', '0'];
    const ran = run('explore', ...args, '--corruptions', '1');
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain('at most: 1 request, 1 corruption, 1 restart\n');
    const path = keptBy(ran);
    expect(readCounterexample(path)).toMatchObject({
      steps: 3,
      violation: { property: 'follows-protocol' },
    });
    expectToReplay(path);
  });

  it.each([
    [['--depth', '2'], 'Stopped: the depth asked for is reached. Every run of at most 2 steps was explored.'],
    [
      ['--seconds', '0.1', '--requests', '2', '--timeouts', '2'],
      'Stopped: the time is up. Every run of fewer',
    ],
  ])('ends with 3 when a limit ends the search, as with %j', (args, ending) => {
    const { code, out, err } = run('explore', ...args);
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toContain(ending);
    // Longer runs might still reach these marks.
    expect(out).toContain('Not reached so far: ');
    expect(kept()).toEqual([]);
  });

  it.each([
    [['--replicas', '0'], "--replicas must be a whole number from 1 to 7, and '0' is not."],
    [['--mode', 'x'], "--mode must be one of durable, diskless, and 'x' is not."],
    [['--timers', 'foo'], "--timers must be one of heartbeat, resend, suspect, retry, and 'foo' is not."],
    [
      ['--reductions', 'foo'],
      "--reductions must be none, or of clients, replicas, no-op, dead, unread, eager, and 'foo'",
    ],
    [
      ['--search', 'depth', '--workers', '2'],
      '--search depth takes neither --depth, because it has no levels,',
    ],
    [
      ['--corruptions', '1', '--mode', 'diskless'],
      '--corruptions is for durable groups of 3 replicas or more: ',
    ],
    [
      ['--corruptions', '1', '--replicas', '2'],
      '--corruptions is for durable groups of 3 replicas or more: ',
    ],
    [['--corruptions', 'x'], "--corruptions must be a whole number from 0 to 1000, and 'x' is not."],
    [['--workers', '0'], "--workers must be a whole number from 1 to 64, and '0' is not."],
    [['--mutant', 'nosuch'], "There is no mutant 'nosuch'."],
    [['--nosuch'], 'There is no option --nosuch.'],
  ])('ends with 2 when it is given %j', (args, error) => {
    const { code, out, err } = run('explore', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`npm run explore: ${error}`);
    expect(err).toContain('\nRun npm run explore -- --help for its options.\n');
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
      'ends',
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
  it('ends with 3 when the time is up, and keeps nothing', () => {
    const { code, out, err } = run('minimise', copyOf('lnv-raised-on-getstate'), '--seconds', '0.1');
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(
      /\nStopped: the time is up\. No run of fewer than \d+ steps within its budget breaks/,
    );
    expect(kept()).toEqual([]);
  });

  it('ends with 2 when the file does not break its property any more', () => {
    const mended = copyOf('table-not-rebuilt');
    const text = readFileSync(mended, 'utf8');
    writeFileSync(mended, text.replace('"mutant": "table-not-rebuilt"', '"mutant": null'));
    const { code, out, err } = run('minimise', mended);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `npm run minimise: ${mended} does not break its property as recorded. Run npm run replay -- ${mended} to see why.\n`,
    );
    expect(kept()).toEqual([]);
  });

  it('lists every option when it is asked for help', () => {
    expectHelpToList(run('minimise', '--help'), ['seconds', 'memory']);
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
