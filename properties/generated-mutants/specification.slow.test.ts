import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judge, reachedByProtocol } from '../../models/protocol/mutants/judge.ts';
import { judgeWith } from '../../models/protocol/mutants/load.ts';
import { isSame, readSurvivors } from '../cli/generatedMutants.ts';
import { specificationMutants } from '../cli/specificationMutants.ts';
import { root } from '../root.ts';
import { runCommand } from '../running.ts';

const survivors = readSurvivors(join(root, 'properties/generated-mutants/specification-survivors.json'));
const mutants = await specificationMutants();

test('each listed survivor is a mutant of the specification as it is now, and says what it means', () => {
  expect(survivors.filter((entry) => !mutants.some((mutant) => isSame(entry, mutant)))).toEqual([]);
  for (const { meaning } of survivors) expect(meaning).toMatch(/^[A-Z].*\.$/s);
});

test('97 of 100 mutants that are not equivalent are noticed, by the list', () => {
  const equivalent = survivors.filter((entry) => entry.equivalent).length;
  const noticed = mutants.length - survivors.length;
  expect(noticed / (mutants.length - equivalent)).toBeGreaterThanOrEqual(0.97);
});

test('each quorum that is one too small breaks a property', async () => {
  const quorums = mutants.filter(({ mutator }) => mutator === 'Quorum');
  expect(quorums.length).toBeGreaterThanOrEqual(3);
  const states = reachedByProtocol();
  for (const { edit, source, file, line } of quorums) {
    if (survivors.some((entry) => entry.line === line && entry.mutator === 'Quorum')) continue;
    const mutant = await judgeWith(edit, source);
    expect([file, line, mutant.judge(states).outcome]).toEqual([file, line, 'broken']);
  }
});

test.each([
  [['no-such-file'], "No mutated file has 'no-such-file' in its path."],
  [[''], 'A FILE is empty, and would stand for every file.'],
  [['--concurrency', '0'], '--concurrency must be a whole number from 1 to 99'],
])('npm run mutate:spec -- %s ends with 2 and an explanation', (args, message) => {
  const { code, err } = runCommand('mutate:spec', args);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('the judge finds nothing in the protocol itself', () => {
  expect(judge(reachedByProtocol().slice(0, 2))).toEqual({ outcome: 'survives' });
});
