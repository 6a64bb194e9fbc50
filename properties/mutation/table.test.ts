import { describe, expect, it } from 'vitest';
import { besideProtocol } from '../../models/checking/properties.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { secondsText, settingsText, shortestText } from '../../models/mutation/table/figures.ts';
import {
  isCaught,
  type MutationRun,
  type Row,
  rowOf,
  shortestOf,
  summaryOf,
} from '../../models/mutation/table/mutationRun.ts';
import { reportLines } from '../../models/mutation/table/report.ts';
import { resultOf } from './traces.ts';

const mutant = mutantNamed('commit-quorum-short');

describe('the row of a mutant', () => {
  it('has the medians of all hunts, and the properties that broke first', () => {
    const results = [
      resultOf(1, 5, 'never-lost', 4),
      resultOf(2, 1, 'log-stays', 7),
      resultOf(3, 2, 'never-lost', 2),
      resultOf(4, 3, 'never-lost'),
      resultOf(5, 60),
    ];
    expect(rowOf(mutant, results)).toMatchObject({
      mutant: 'commit-quorum-short',
      section: 'VRR §4.1',
      guarantee: 'durability',
      tried: 5,
      caught: 4,
      properties: [
        { property: 'never-lost', times: 3 },
        { property: 'log-stays', times: 1 },
      ],
      // The hunt that caught nothing counts as the slowest.
      seconds: 3,
      events: 30,
      // The median and the minimum of the shortened traces alone.
      shortened: 4,
      shortest: { steps: 2, known: 'explored' },
    });
  });

  it('has no medians if half of the hunts caught nothing', () => {
    const row = rowOf(mutant, [resultOf(1, 1, 'never-lost'), resultOf(2, 60), resultOf(3, 60)]);
    expect(row).toMatchObject({ tried: 3, caught: 1, seconds: null, events: null, shortened: null });
  });

  it.each([
    [20, 20, true],
    [20, 19, true],
    [20, 18, false],
    [3, 3, true],
    [3, 2, false],
    [0, 0, false],
  ])('of %i seeds with %i caught counts as caught: %s', (tried, caught, is) => {
    expect(isCaught({ tried, caught })).toBe(is);
  });
});

describe('the shortest known length', () => {
  const unexplored = { ...mutant, name: 'unexplored' };

  it.each([
    ['2', mutant],
    ['16*', { ...unexplored, shortestKnown: { steps: 16, estimated: false } }],
    ['~7*', { ...unexplored, shortestKnown: { steps: 7, estimated: true } }],
    ['–', { ...unexplored, shortestKnown: undefined }],
  ])('is marked by its source: %s', (text, one) => {
    expect(shortestText(shortestOf(one))).toBe(text);
  });
});

const row = (name: string, seconds: number | null, ...properties: Row['properties']): Row => ({
  ...rowOf(mutant, []),
  mutant: name,
  tried: 20,
  caught: seconds === null ? 9 : 20,
  seconds,
  properties,
});

const mutationRun: MutationRun = {
  clock: 'thread',
  properties: 'beside-protocol',
  seconds: 60,
  firstSeed: 1,
  seeds: 20,
  rows: [
    row('one', 0.05, { property: 'never-lost', times: 12 }, { property: 'log-stays', times: 8 }),
    row('two', 0.1, { property: 'never-lost', times: 20 }),
    row('three', 60, { property: 'log-stays', times: 20 }),
    row('four', null, { property: 'log-stays', times: 9 }),
  ],
};

describe('the summary', () => {
  const summary = summaryOf(mutationRun);

  it('counts the mutants, and takes the median of their medians', () => {
    expect(summary).toMatchObject({ mutants: 4, caught: 3, seconds: 60 });
    expect(summaryOf({ ...mutationRun, rows: mutationRun.rows.slice(2) }).seconds).toBeNull();
  });

  it('counts each mutant in one interval of time', () => {
    const counted = summary.distribution.filter(({ mutants }) => mutants > 0);
    expect(counted).toEqual([
      { label: 'below 0.1 s', mutants: 1 },
      { label: '0.1 to 0.3 s', mutants: 1 },
      { label: '60 s and more', mutants: 1 },
      { label: 'missed', mutants: 1 },
    ]);
  });

  it('names every property that was armed, also those that never broke first', () => {
    const { guarantees, invariants: steps, settled } = besideProtocol;
    const all = [...guarantees, ...steps, ...settled].map(({ name }) => name);
    expect(summary.properties.map(({ property }) => property)).toEqual(all);
    const times = new Map(summary.properties.map((one) => [one.property, [one.times, one.mutants]]));
    expect(times.get('never-lost')).toEqual([32, 2]);
    expect(times.get('log-stays')).toEqual([37, 3]);
    expect(times.get('one-normal-view')).toEqual([0, 0]);
    expect(summaryOf({ ...mutationRun, properties: 'guarantees' }).properties).toHaveLength(
      guarantees.length,
    );
  });
});

describe('the report', () => {
  it('has a row for each mutant, aligned', () => {
    const lines = reportLines(mutationRun, 120);
    expect(lines[2]).toMatch(/^two +VRR §4.1 +durability +never-lost 100 % +20 of 20 +missed +0\.10 +– +2$/);
    expect(lines[4]).toMatch(/^four +VRR §4.1 +durability +log-stays 100 % +9 of 20 +missed +missed +– +2$/);
    expect(lines).toContain('Caught with at least 19 of 20 seeds: 3 of 4 mutants.');
    expect(reportLines({ ...mutationRun, seeds: 2 }, 120)).toContain(
      'Caught with at least 2 of 2 seeds: 3 of 4 mutants.',
    );
    expect(lines.join('\n')).toMatch(/^log-stays +step +37 +3\nnever-lost +guarantee +32 +2\n/m);
  });

  it.each([
    [0.0123, '0.012'],
    [0.5, '0.50'],
    [12.34, '12.3'],
  ])('rounds %d s to %s', (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });

  it('states the settings of the hunts', () => {
    expect(settingsText(mutationRun)).toBe(
      'seeds 1 to 20, 60 s of processor time each, all properties but follows-protocol',
    );
    expect(
      settingsText({ ...mutationRun, firstSeed: 7, seeds: 1, properties: 'guarantees', clock: 'wall' }),
    ).toBe('seed 7, 60 s of wall-clock time each, the guarantees alone');
  });
});
