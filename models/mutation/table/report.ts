import { columns, grouped } from '../../../impl/terminal/columns.ts';
import { paragraph } from '../../../impl/terminal/layout.ts';
import { figuresOf, secondsText } from './figures.ts';
import {
  firstsToBreak,
  leastCaught,
  type MutationRun,
  type Row,
  type Summary,
  summaryOf,
} from './mutationRun.ts';

/** A mutation run as lines of text: a row for each mutant, and the summary. */
export function reportLines(mutationRun: MutationRun, width: number): readonly string[] {
  return [
    ...tableLines(mutationRun.rows),
    '',
    '* from the catalogue of known bugs, which counts steps a little differently; ~ its estimate',
    '',
    ...summaryLines(summaryOf(mutationRun), mutationRun.seeds, width),
  ];
}

const titles = ['mutant', 'section', 'guarantee', 'first property', 'caught', 'events', 'seconds'];

function tableLines(rows: readonly Row[]): readonly string[] {
  const table = [
    [...titles, 'shortened', 'shortest'],
    ...rows.map((row) => [row.mutant, row.section, row.guarantee, ...figuresOf(row)]),
  ];
  return columns(padded(table, 4));
}

/** Pads the first columns, so that words are aligned to the left. */
function padded(rows: readonly (readonly string[])[], words: number): readonly (readonly string[])[] {
  const widths = Array.from({ length: words }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)));
}

function summaryLines(
  { mutants, caught, seconds, distribution, properties }: Summary,
  seeds: number,
  width: number,
): readonly string[] {
  const middle = seconds === null ? 'missed' : `${secondsText(seconds)} s`;
  const { ever, never } = firstsToBreak(properties);
  return [
    `Caught with at least ${leastCaught(seeds)} of ${seeds} seeds: ${caught} of ${mutants} mutants.`,
    `Median over all mutants of the median time: ${middle}.`,
    '',
    ...columns([
      ['median time', 'mutants'],
      ...distribution.map((stretch) => [stretch.label, grouped(stretch.mutants)]),
    ]),
    '',
    ...columns([
      ['first to break', 'level', 'hunts', 'mutants'],
      ...ever.map((one) => [one.property, one.level, grouped(one.times), grouped(one.mutants)]),
    ]),
    ...(never.length === 0 ? [] : paragraph(`Never the first: ${never.join(', ')}.`, width, '')),
  ];
}
