import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { root } from '../house/source.ts';
import { type Ran, runCommand } from '../running.ts';

const tiny = ['--mode', 'diskless', '--requests', '1', '--timeouts', '0'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Whatever a command keeps goes to a directory that it has to make. */
function run(command: 'explore' | 'minimise', ...args: readonly string[]): Ran {
  return runCommand(command, [...args, '--out', join(folder, 'out')]);
}

/** The paths of the files that a command kept. */
function kept(): readonly string[] {
  const out = join(folder, 'out');
  return existsSync(out) ? readdirSync(out).map((name) => join(out, name)) : [];
}

/** The only file that a command kept, and which it must have named. */
function keptBy({ out }: Ran): string {
  const [path = '', ...others] = kept();
  expect(others).toEqual([]);
  expect(out).toContain(`Counterexample: ${path}\nReplay it:      npm run replay -- ${path}\n`);
  return path;
}

/** That the file still tells the truth is for the command to say that users are pointed to. */
function expectToReplay(path: string): void {
  expect(runCommand('replay', [path])).toMatchObject({ code: 0, err: '' });
}

function expectHelpToList(help: Ran, options: readonly string[]): void {
  expect(help).toMatchObject({ code: 0, err: '' });
  const listed = [...help.out.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual([...options, 'out', 'seed', 'help'].toSorted());
}

describe('npm run explore', () => {
  it('ends with 0 when every run was looked at, and keeps nothing', () => {
    const { code, out, err } = run('explore', ...tiny);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Exhausted: no run within the budget breaks a property.');
    expect(out).toContain('Not reached: view-started,');
    expect(kept()).toEqual([]);
  });

  it('says the same twice, apart from the time and the memory that it took', () => {
    const [first, second] = [[], ['--seed', '7']].map(
      (seed) => run('explore', ...tiny, '--json', ...seed).out,
    );
    const measured = /"(seconds|bytes)":[^,}]+/g;
    expect(first?.match(measured)).toHaveLength(2);
    expect(second?.replace(measured, '')).toBe(first?.replace(measured, ''));
    expect(JSON.parse(first ?? '')).toMatchObject({ ending: 'exhausted', found: null, path: null });
  });

  it.each([
    ['two threads', ['--workers', '2']],
    ['depth-first search', ['--search', 'depth']],
  ])('finds as many states with %s', (_, args) => {
    const budget = ['--timeouts', '2', '--requests', '1', '--json'];
    const [alone, other] = [[], args].map((more) => JSON.parse(run('explore', ...budget, ...more).out));
    const { states, transitions } = alone;
    expect(other).toMatchObject({ ending: 'exhausted', states, transitions });
    // A level was large enough to be shared out.
    expect(states).toBeGreaterThan(20_000);
  });

  it('keeps a shortest run that replays with two threads, too', () => {
    const args = ['--mutant', 'startview-cut-at-commit', '--mode', 'diskless', '--json', '--workers'];
    const [one, two] = ['1', '2'].map((workers) => run('explore', ...args, workers));
    expect(two).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(two?.out ?? '').found).toEqual(JSON.parse(one?.out ?? '').found);
    for (const path of kept()) expectToReplay(path);
  });

  it('finds a mutant about corruption with a budget for it', () => {
    const args = ['--mutant', 'damaged-entry-means-absent', '--timeouts', '0'];
    const ran = run('explore', ...args, '--corruptions', '1');
    expect(ran).toMatchObject({ code: 1, err: '' });
    expect(ran.out).toContain('at most: request 1, corruption 1, restart 1\n');
    const path = keptBy(ran);
    expect(readCounterexample(path)).toMatchObject({ steps: 4, violation: { property: 'acked-is-kept' } });
    expectToReplay(path);
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
    // Longer runs might still reach what these did not.
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
  ])('ends with 2 when it is given %j', (args, complaint) => {
    const { code, out, err } = run('explore', ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`npm run explore: ${complaint}`);
    expect(err).toContain('\nRun npm run explore -- --help for its options.\n');
  });

  it('ends with 2 before it searches when what it finds could not be kept', () => {
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
      'piecewise',
      'batching',
      'checkpoint-every',
      'sessions',
      'json',
      'workers',
      'search',
    ];
    expectHelpToList(run('explore', '--help'), [...budget, ...faults, ...limits, ...subject]);
  });
});

describe('npm run minimise', () => {
  const traces = join(root, 'properties/replay/traces');

  /** A copy of the kept trace of this mutant, so that a command gone wrong harms no file of the house. */
  function copyOf(mutant: string): string {
    const name = readdirSync(traces).find((file) => file.startsWith(`${mutant}-`)) ?? '';
    const copy = join(folder, name);
    copyFileSync(join(traces, name), copy);
    return copy;
  }

  it('ends with 0 when nothing shorter is left, keeps the minimal run, and leaves the given file as it was', () => {
    const given = copyOf('table-not-rebuilt');
    const before = readFileSync(given, 'utf8');
    const ran = run('minimise', given);
    expect(ran).toMatchObject({ code: 0, err: '' });
    const path = keptBy(ran);
    expect(readFileSync(path, 'utf8')).toContain('\n  "minimal": true,\n');
    expect(readFileSync(given, 'utf8')).toBe(before);
    expectToReplay(path);
  });

  it('shortens a run with steps that lead nowhere', () => {
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

  it('ends with 3 when the time is up, and keeps nothing, as nothing is known that was not known before', () => {
    const { code, out, err } = run('minimise', copyOf('lnv-raised-on-getstate'), '--seconds', '0.1');
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(
      /\nStopped: the time is up\. No run of fewer than \d+ steps within its budget breaks/,
    );
    expect(kept()).toEqual([]);
  });

  it('ends with 2 when there is no file', () => {
    const missing = join(folder, 'missing.json');
    const err = `npm run minimise: ${missing}: there is no such file.\n`;
    expect(run('minimise', missing)).toEqual({ code: 2, out: '', err });
  });

  it('ends with 2 when the file does not break its property any more', () => {
    const mended = copyOf('table-not-rebuilt');
    const text = readFileSync(mended, 'utf8');
    writeFileSync(mended, text.replace('"mutant": "table-not-rebuilt"', '"mutant": null'));
    const { code, out, err } = run('minimise', mended);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `npm run minimise: ${mended} does not break its property as recorded. Say npm run replay -- ${mended} to see why.\n`,
    );
    expect(kept()).toEqual([]);
  });

  it('lists every option when it is asked for help', () => {
    expectHelpToList(run('minimise', '--help'), ['seconds', 'memory']);
  });
});
