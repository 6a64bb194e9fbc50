import { type Paint, painter, paragraph, row, type StyledText } from '../../../impl/terminal/layout.ts';
import { proseOf } from '../../checking/properties.ts';
import { eventText } from '../../world/event.ts';
import { variantsText } from '../../world/variants.ts';
import { framesOf, type LocatedViolation, type Replayed } from '../replay.ts';
import { type Changes, changesOf } from './changes.ts';
import { verdictOf, violationOf, whenText } from './verdict.ts';

/** The appearance of rows. The same run and appearance give the same rows. */
export interface Appearance {
  /** The width in characters, 120 by default. */
  readonly width?: number;
  readonly colours?: boolean;
}

/** A run as rows of text: a header, one row per event with its changes, and the broken property. */
export function rowsOf(
  replayed: Replayed,
  { width = 120, colours = false }: Appearance = {},
): readonly string[] {
  const paint = painter(colours);
  return [
    ...headerOf(replayed, width),
    '',
    ...tableOf(replayed, width, paint),
    '',
    ...endOf(replayed, width, paint),
  ];
}

/** The group and its initial state. */
export function headerOf({ counterexample, start }: Replayed, width: number): readonly string[] {
  const { replicas, mode, clients } = counterexample.setup;
  const { tolerated, quorum } = start.configuration;
  const { mutant, steps, minimal } = counterexample;
  const group = `${count(replicas, 'replica')} (f = ${tolerated}, quorum ${quorum}), ${mode}, ${count(clients, 'client')}${variantsText(counterexample.setup)}`;
  const rule = mutant === null ? 'no mutant' : `the mutant ${mutant}`;
  const length = `${count(steps, 'step')}${minimal ? ', minimal for what it spends' : ''}`;
  return [
    ...paragraph(`${group}; ${rule}; ${length}.`, width, ''),
    ...paragraph(
      'Each replica starts normal in view 0 with an empty log: v0 normal n0 k0. ' +
        `r${start.implementation.primaryOf(start.configuration, 0)} is its primary. The rows show changes only.`,
      width,
      '',
    ),
  ];
}

function tableOf(replayed: Replayed, width: number, paint: Paint): readonly string[] {
  const { counterexample, happened, outcome } = replayed;
  const rows = Array.from(framesOf(replayed), (frame) => ({
    number: frame.number,
    text: eventText(frame.record),
    changes: changesOf(frame),
  }));
  const { titles, widths, cellsOf } = columnsFor(replayed, rows, width);
  const lines = [
    ...row(
      titles.map((text): readonly StyledText[] => [{ text, tone: 'dim' }]),
      widths,
      paint,
    ),
  ];
  for (const { number, text, changes } of rows) {
    const broken = marks(replayed, number);
    const event: StyledText = { text, tone: broken ? 'bad' : 'plain' };
    const label: StyledText = { text: `${number}${broken ? '!' : ''}`, tone: broken ? 'bad' : 'dim' };
    lines.push(...row([[label], [event], ...cellsOf(changes)], widths, paint));
  }
  const missed = counterexample.events[happened];
  if (outcome.kind === 'diverged' && missed !== undefined) {
    const label: StyledText = { text: `${outcome.event}?`, tone: 'bad' };
    lines.push(...row([[label], [{ text: eventText(missed), tone: 'bad' }]], widths, paint));
  }
  return lines;
}

function marks({ outcome }: Replayed, number: number): boolean {
  const located = violationOf(outcome);
  return located?.phase === 'events' && located.event === number;
}

interface Line {
  readonly text: string;
  readonly changes: Changes;
}

interface Columns {
  readonly titles: readonly string[];
  readonly widths: readonly number[];
  readonly cellsOf: (changes: Changes) => readonly (readonly StyledText[])[];
}

/** The columns: one per replica and one for clients, or one for all if the width is too small for that. */
function columnsFor({ counterexample }: Replayed, lines: readonly Line[], width: number): Columns {
  const { replicas, clients } = counterexample.setup;
  const number = String(counterexample.events.length).length + 1;
  const longest = lines.reduce((most, { text }) => Math.max(most, [...text].length), 5);
  const event = Math.min(longest, Math.max(16, Math.floor(width / 3)));
  const left = width - number - event - 2;
  const names = Array.from({ length: replicas }, (_, replica) => `r${replica}`);
  const sides = [...names, ...(clients > 0 ? ['clients'] : [])];
  const available = left - 2 * sides.length;
  if (available < 14 * sides.length) {
    return {
      titles: ['', 'event', 'changes'],
      widths: [number, event, Math.max(14, left - 2)],
      cellsOf: ({ replicas: all, clients: asking }) => [[...named('r', all), ...named('c', asking)]],
    };
  }
  const cellsOf = ({ replicas: all, clients: asking }: Changes): readonly (readonly StyledText[])[] =>
    clients > 0 ? [...all, named('c', asking)] : all;
  const wanted = sides.map((title) => title.length);
  for (const { changes } of lines) {
    for (const [side, cell] of cellsOf(changes).entries())
      wanted[side] = Math.max(wanted[side] ?? 0, cell.map(({ text }) => text).join(', ').length);
  }
  return { titles: ['', 'event', ...sides], widths: [number, event, ...shared(available, wanted)], cellsOf };
}

/** Divides the width: a column that needs less than an equal share leaves the rest to the others. */
function shared(available: number, wanted: readonly number[]): readonly number[] {
  let left = available;
  const given = new Map<number, number>();
  const narrowestFirst = [...wanted.entries()].sort(([, one], [, other]) => one - other);
  for (const [served, [side, want]] of narrowestFirst.entries()) {
    const width = Math.min(want, Math.floor(left / (wanted.length - served)));
    given.set(side, width);
    left -= width;
  }
  return wanted.map((want, side) => given.get(side) ?? want);
}

/** The changes of several replicas or clients, the first of each after its name. */
function named(letter: string, all: readonly (readonly StyledText[])[]): readonly StyledText[] {
  return all.flatMap((changes, number) =>
    changes.map(({ text, tone }, index) => {
      const name = `${letter}${number}`;
      return { text: index > 0 || text.startsWith(name) ? text : `${name}: ${text}`, tone };
    }),
  );
}

/** The end of a run: the broken property, its prose, what was seen, and the verdict. */
export function endOf(replayed: Replayed, width: number, paint: Paint): readonly string[] {
  const { outcome, first } = replayed;
  const lines: string[] = [];
  const located = violationOf(outcome);
  if (first !== undefined && first.event < (located?.event ?? Infinity)) {
    const { property, level, seen } = first.violation;
    lines.push(
      ...paragraph(`Already ${whenText(first)}, ${property} (${level}) is broken: ${seen}`, width, ''),
      '',
    );
  }
  if (located !== undefined) lines.push(...propertyLines(located, width, paint), '');
  const verdict = paragraph(verdictOf(replayed), width, '');
  return [...lines, ...verdict.map((line) => paint(line, 'key'))];
}

function propertyLines(located: LocatedViolation, width: number, paint: Paint): readonly string[] {
  const { property, level, seen } = located.violation;
  return [
    paint(`BROKEN ${whenText(located)}: ${property} (${level})`, 'bad'),
    ...paragraph(proseOf(property) ?? '', width, '  '),
    ...paragraph(`Seen: ${seen}`, width, '  '),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
