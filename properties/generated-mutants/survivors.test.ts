import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, readSurvivors, scoreOf } from '../cli/generatedMutants.ts';
import { root } from '../root.ts';
import { runCommand } from '../running.ts';

const survivors = readSurvivors(join(root, 'properties/generated-mutants/survivors.json'));

test.each(survivors)(
  'the listed line of $file is still there: $line',
  ({ file, line, original, meaning }) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    expect(lines.map((text) => text.trim())).toContain(line);
    expect(line).toContain(original);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  },
);

test('the page about generated mutants describes every listed survivor', () => {
  const page = readFileSync(join(root, 'properties/generated-mutants/README.md'), 'utf8');
  for (const { meaning } of survivors) expect(page).toContain(meaning);
});

test('each survivor of a report is matched with one entry of the list', () => {
  const report = join(root, 'properties/generated-mutants/report.json');
  const { total, files, unlisted, listed, outdated } = judge(report, [
    ...[entry('a < b', 'a <= b', true), entry('a < b', 'a > b', false), entry('a < b', 'true', true)],
  ]);
  expect(files.map(({ file }) => file)).toEqual(['impl/a.ts']);
  expect(total).toEqual({ mutants: 5, killed: 1, timedOut: 1, survived: 2, uncovered: 1, equivalent: 1 });
  expect(scoreOf(total)).toBe(50);
  expect(listed.map(({ replacement }) => replacement)).toEqual(['a <= b', 'a > b']);
  expect(unlisted).toEqual([
    { file: 'impl/a.ts', line: 'return a < b;', original: 'a < b', mutator: 'M', replacement: 'a > b' },
  ]);
  expect(outdated.map(({ replacement }) => replacement)).toEqual(['true']);
});

test.each([
  [[''], 'A FILE is empty, and would stand for every file.'],
  [['no-such-file'], "No file of the core has 'no-such-file' in its path."],
  [['--concurrency', '0'], '--concurrency must be a whole number from 1 to 99'],
  [['--write', 'normal'], '--write and --last are about a run of the whole core.'],
])('npm run mutate -- %s ends with 2 and an explanation', (args, message) => {
  const { code, err } = runCommand('mutate', args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

function entry(original: string, replacement: string, equivalent: boolean) {
  const line = 'return a < b;';
  return { file: 'impl/a.ts', line, original, mutator: 'M', replacement, equivalent, meaning: 'It is.' };
}
