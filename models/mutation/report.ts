import { columns, grouped } from '../cli/report.ts';
import { paragraph } from '../trace/layout.ts';
import { type Campaign, firstsAmong, type Row, type Summary, summaryOf } from './mutationRun.ts';
import { figuresOf, secondsText } from './words.ts';

/** A campaign as lines of text: a row for each ablation, and what they say together. */
export function reportLines(campaign: Campaign, width: number): readonly string[] {
  return [
    ...tableLines(campaign.rows),
    '',
    '* as the catalogue says, where steps are counted a little differently; ~ estimated',
    '',
    ...summaryLines(summaryOf(campaign), width),
  ];
}

const titles = ['ablation', 'section', 'guarantee', 'first claim', 'caught', 'events', 'seconds'];

function tableLines(rows: readonly Row[]): readonly string[] {
  const table = [
    [...titles, 'retold', 'shortest'],
    ...rows.map((row) => [row.ablation, row.section, row.guarantee, ...figuresOf(row)]),
  ];
  return columns(padded(table, 4));
}

/** The first columns are words, which read better from the left. */
function padded(rows: readonly (readonly string[])[], words: number): readonly (readonly string[])[] {
  const widths = Array.from({ length: words }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
}

function summaryLines(
  { ablations, caught, seconds, distribution, claims }: Summary,
  width: number,
): readonly string[] {
  const middle = seconds === null ? 'missed' : `${secondsText(seconds)} s`;
  const { ever, never } = firstsAmong(claims);
  return [
    `Caught with at least 19 of 20 seeds: ${caught} of ${ablations} ablations.`,
    `Median over all ablations of the median time: ${middle}.`,
    '',
    ...columns([
      ['median time', 'ablations'],
      ...distribution.map((stretch) => [stretch.label, grouped(stretch.ablations)]),
    ]),
    '',
    ...columns([
      ['first to break', 'level', 'hunts', 'ablations'],
      ...ever.map((one) => [one.claim, one.level, grouped(one.times), grouped(one.ablations)]),
    ]),
    ...(never.length === 0 ? [] : paragraph(`Never the first: ${never.join(', ')}.`, width, '')),
  ];
}
