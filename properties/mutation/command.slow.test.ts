import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { readMutationRun } from '../../models/mutation/table/mutationRunFile.ts';
import { root } from '../root.ts';
import { type Ran, runCommand } from '../running.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));

const quick = 'commit-quorum-short';

function run(state: string, ...args: readonly string[]): Ran {
  return runCommand('mutants', [quick, '--shorten', '0', '--state', join(folder, state), ...args]);
}

function linesIn(state: string): readonly string[] {
  const file = join(folder, state);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

// The tests follow on one another's files. They start the command often, and rarely break apart from command.test.ts.
describe('npm run mutants', () => {
  it('hunts with each seed, and ends with 0 if all catch the mutant', () => {
    const out = join(folder, 'table.json');
    const { code, out: printed, err } = run('all.jsonl', '--seeds', '3', '--out', out);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(printed).toContain('1 mutant, seeds 1 to 3, 60 s');
    expect(printed).toMatch(/^commit-quorum-short +VRR §4.1 +durability +[a-z-]+ \d+ % +3 of 3 /m);
    expect(printed).toContain('Caught with at least 3 of 3 seeds: 1 of 1 mutants.');
    expect(linesIn('all.jsonl')).toHaveLength(3);
    expect(readMutationRun(out)).toMatchObject({ seeds: 3, rows: [{ mutant: quick, tried: 3, caught: 3 }] });
  });

  it('hunts only with the seeds whose results are missing', () => {
    const before = linesIn('all.jsonl');
    const { code, out } = run('all.jsonl', '--seeds', '3');
    expect(code).toBe(0);
    expect(out).toContain('3 results are in ');
    expect(linesIn('all.jsonl')).toEqual(before);

    writeFileSync(join(folder, 'all.jsonl'), `${before.slice(0, 2).join('\n')}\n${before[2]?.slice(0, 30)}`);
    const again = run('all.jsonl', '--seeds', '3');
    expect(again.out).toContain('all.jsonl:3: this line was torn, and was removed.');
    expect(linesIn('all.jsonl').slice(0, 2)).toEqual(before.slice(0, 2));
    expect(linesIn('all.jsonl')).toHaveLength(3);
  });

  it('hunts again if a setting changed', () => {
    const { out } = run('all.jsonl', '--seeds', '1', '--seconds', '9', '--json');
    expect(linesIn('all.jsonl')).toHaveLength(4);
    expect(JSON.parse(out)).toMatchObject({ seconds: 9, rows: [{ tried: 1 }], summary: { caught: 1 } });
  });

  it('keeps its results when it is interrupted, and ends with 130', async () => {
    const args = ['models/cli/mutants.ts', quick, '--seeds', '10000', '--shorten', '0'];
    const state = ['--state', join(folder, 'cut.jsonl')];
    const child = spawn(process.execPath, ['--import', 'tsx', ...args, ...state], { cwd: root });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
    });
    const ended = once(child, 'close');
    while (linesIn('cut.jsonl').length === 0 && child.exitCode === null) await setTimeout(20);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(out).toMatch(
      /Interrupted\. The results so far are in .*, and the same command goes on from there\./,
    );
    const done = linesIn('cut.jsonl').map((line): unknown => JSON.parse(line));
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(10_000);
  });

  it.each([
    [
      ['commit-quorum-shrot'],
      "There is no mutant 'commit-quorum-shrot'. The nearest are commit-quorum-short",
    ],
    [['--seeds', '0'], '--seeds must be a whole number from 1'],
    [['--properties', 'some'], '--properties must be one of all, guarantees'],
    [
      ['--out', 'none/at/all.json'],
      "--out must be a file that can be written, and 'none/at/all.json' cannot be.",
    ],
    [
      ['--keep', '--properties', 'guarantees'],
      'Kept results must be judged by the properties beside-protocol.',
    ],
  ])('ends with 2 when it is given %j', (args, error) => {
    const { code, err } = runCommand('mutants', args);
    expect(code).toBe(2);
    expect(err).toContain(error);
  });
});
