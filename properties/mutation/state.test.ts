import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { BadFile } from '../../models/mutation/files/badFile.ts';
import { planOf } from '../../models/mutation/hunts/plan.ts';
import { ResultsFile } from '../../models/mutation/hunts/resultsFile.ts';
import { resultOf } from './traces.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'mutation-run.jsonl');

const [one, two, three] = [resultOf(1, 2, 'never-lost', 3), resultOf(2, 4), resultOf(3, 1, 'log-stays')];
const line = JSON.stringify;

function opened(text: string): ResultsFile {
  writeFileSync(file, text);
  return ResultsFile.open(file);
}

describe('the file of a mutation run', () => {
  it('is created if it is missing, and takes results', () => {
    rmSync(file, { force: true });
    const state = ResultsFile.open(file);
    expect(state).toMatchObject({ results: [], tornLine: undefined });
    for (const result of [one, two]) state.add(result);
    expect(ResultsFile.open(file).results).toEqual([one, two]);
  });

  it('drops a torn last line, and continues after the line before', () => {
    const state = opened(`${line(one)}\n${line(two).slice(0, 40)}`);
    expect(state).toMatchObject({ results: [one], tornLine: 2 });
    state.add(three);
    expect(readFileSync(file, 'utf8')).toBe(`${line(one)}\n${line(three)}\n`);
  });

  it('keeps a last line that lacks only its newline', () => {
    const state = opened(`${line(one)}\n${line(two)}`);
    expect(state).toMatchObject({ results: [one, two], tornLine: undefined });
    state.add(three);
    expect(ResultsFile.open(file).results).toEqual([one, two, three]);
  });

  it.each([
    ['is torn', line(one).slice(0, 40), '2: this line is not JSON.'],
    ['is empty', '', '2: this line is not JSON.'],
    ['is something else', '{"a":1}', '2: this line is not the result of a hunt: '],
    ['lacks a field', line({ ...one, seed: undefined }), '2: this line is not the result of a hunt: seed: '],
    [
      'has a malformed trace',
      line(one).replace('"steps":3', '"steps":4'),
      '2: this line is not the result of a hunt: found.trace.steps must be 3',
    ],
  ])('is rejected if a line in the middle %s', (_, bad, error) => {
    const text = `${line(one)}\n${bad}\n${line(two)}\n`;
    const open = (): unknown => opened(text);
    expect(open).toThrow(BadFile);
    expect(open).toThrow(`${file}:${error}`);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is rejected if it cannot be written', () => {
    expect(() => ResultsFile.open(join(folder, 'none', 'mutation-run.jsonl'))).toThrow(
      'cannot be kept there: ENOENT',
    );
    expect(() => ResultsFile.open(folder)).toThrow('cannot be kept there: EISDIR');
  });
});

describe('the plan of a mutation run', () => {
  const mutant = mutantNamed('commit-quorum-short');
  const digests = new Map([[mutant.name, 'same']]);
  const wanted = { mutants: [mutant], digests, seeds: [1, 2, 3], shortened: 1 };
  const seedsLeft = (plan: ReturnType<typeof planOf>) => plan.tasks.map(({ seed }) => seed);

  it('has a task for every seed at first', () => {
    const plan = planOf(wanted, []);
    expect(plan.tasks).toEqual([1, 2, 3].map((seed) => ({ mutant, seed, shorten: seed === 1 })));
    expect(plan).toMatchObject({ stale: 0, results: new Map() });
  });

  it('has a task for every seed without a result', () => {
    const plan = planOf(wanted, [one, three, resultOf(4, 1)]);
    expect(seedsLeft(plan)).toEqual([2]);
    expect([...plan.results.values()]).toEqual([one, three]);
  });

  it('repeats a hunt of other code or settings', () => {
    const plan = planOf(wanted, [one, { ...two, digest: 'other' }, { ...three, digest: 'other' }, three]);
    expect(seedsLeft(plan)).toEqual([2]);
    expect(plan.stale).toBe(1);
  });

  it('repeats a hunt whose trace was to be shortened and was not', () => {
    expect(seedsLeft(planOf({ ...wanted, shortened: 3 }, [one, two, three]))).toEqual([3]);
    expect(seedsLeft(planOf({ ...wanted, shortened: 0 }, [one, two, three]))).toEqual([]);
  });

  it('takes the last of several results of a seed', () => {
    const again = { ...one, seconds: 7 };
    expect([...planOf(wanted, [one, again]).results.values()]).toEqual([again]);
  });
});
