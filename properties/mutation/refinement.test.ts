import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { followsProtocol } from '../../models/checking/refinement/follows-protocol.ts';
import { mutants } from '../../models/mutants/catalogue/index.ts';
import { refinementPage } from '../../models/mutation/pages/refinement.ts';
import { tooRare, unseen } from '../../models/mutation/pages/unseen.ts';
import type { MutationRun } from '../../models/mutation/table/mutationRun.ts';
import { protocolRunFile, readMutationRun } from '../../models/mutation/table/mutationRunFile.ts';
import { brokenAt } from '../protocol/mapping/runs.ts';

const run = readMutationRun(protocolRunFile);
if (run === undefined)
  throw new Error(`${fileURLToPath(import.meta.url)}: there is no run with follows-protocol alone.`);
const missed = run.rows.filter(({ caught }) => caught === 0).map(({ mutant }) => mutant);
const explained = unseen.flatMap(({ mutants: names }) => names);

describe('the run with follows-protocol alone', () => {
  it('has a row for each mutant, judged by follows-protocol', () => {
    expect(run.properties).toBe('protocol');
    // If this fails, hunt the new mutant: the command stands in spec/reasons/refinement.md.
    expect(run.rows.map(({ mutant }) => mutant).sort()).toEqual(mutants.map(({ name }) => name).sort());
    const seen = run.rows.flatMap(({ properties }) => properties.map(({ property }) => property));
    expect(new Set(seen)).toEqual(new Set(['follows-protocol']));
  });

  it('misses only mutants for which there is a reason, one each', () => {
    expect(explained.filter((name, index) => explained.indexOf(name) !== index)).toEqual([]);
    expect(missed.filter((name) => !explained.includes(name))).toEqual([]);
    expect(explained.filter((name) => !missed.includes(name))).toEqual([]);
  });
});

it.each(unseen.find(({ what }) => what === tooRare)?.mutants ?? [])(
  'follows-protocol breaks on the kept trace of %s, which is too rare for a hunt',
  async (mutant) => {
    const [event = Infinity] = await brokenAt(mutant, followsProtocol);
    expect(event).toBeLessThan(Infinity);
  },
);

describe('the page about it', () => {
  const [row] = run.rows;
  if (row === undefined) throw new Error('The run has no rows.');
  const of = (caught: number, events: number | null): MutationRun => ({
    ...run,
    rows: [{ ...row, tried: 1, caught, events, properties: caught > 0 ? row.properties : [] }],
  });
  const only = mutants.filter(({ name }) => name === row.mutant);

  it('counts what is caught, what sooner, and what by nothing else', () => {
    const sooner = refinementPage(only, of(1, 10), of(1, 2000));
    expect(sooner).toContain(
      'It catches 1 of 1 mutants by itself, 1 of them after fewer events than the others.',
    );
    expect(sooner).toMatch(/\| 10 \| 2,000 \|/);
    expect(refinementPage(only, of(1, 10), of(1, 9))).toContain('0 of them after fewer events');
    expect(refinementPage(only, of(1, 10), of(0, null))).toContain(
      `The others miss in most hunts: [${row.mutant}]`,
    );
    expect(refinementPage(only, of(0, null), of(1, 9))).toMatch(/\| missed \| 9 \|/);
  });
});
