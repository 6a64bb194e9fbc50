import { type Paint, paragraph } from '../../impl/terminal/layout.ts';
import type { HistoryEvent } from './history.ts';
import type { Operation } from './operations.ts';
import { isList } from './text.ts';
import type { Window } from './window.ts';

/** More rows than this nobody reads. What returned within the window comes before what was merely under way. */
const mostRows = 24;
const mostStarts = 10;
const longestValue = 24;

/** A window that cannot be ordered as lines of text: each operation with what it returned, and when it was under way. */
export function pictureOf(
  window: Window,
  events: readonly HistoryEvent[],
  width: number,
  paint: Paint,
): readonly string[] {
  const rows = rowsOf(window);
  const cells = rows.map((operation) => [
    String(operation.process),
    inWords(operation),
    outcomeOf(operation, window),
  ]);
  const table = [['process', 'operation', 'returned'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const room = Math.max(16, width - widths.reduce((sum, one) => sum + one + 2, 0));
  const scale = scaleOf(window, room);
  const lines = table.map((row, line) => {
    const text = row.map((cell, column) =>
      column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    const operation = rows[line - 1];
    const bar = operation === undefined ? '' : barOf(operation, window, scale);
    return paint(`${text.join('  ')}  ${bar}`.trimEnd(), line === 0 ? 'dim' : 'plain');
  });
  const others = window.operations.length - rows.length;
  const more = others === 0 ? [] : [`and ${others} others that were under way`];
  return [...headOf(window, events).flatMap((line) => paragraph(line, width, '')), '', ...lines, ...more];
}

function headOf(
  { first, last, starts, isSmallest }: Window,
  events: readonly HistoryEvent[],
): readonly string[] {
  const [begin, end] = [first, last].map((event) => ((events[event]?.time ?? 0) / 1e9).toFixed(6));
  const shown = starts
    .slice(0, mostStarts)
    .map((start) => shortened(start))
    .join(', ');
  const others = starts.length > mostStarts ? ` and ${starts.length - mostStarts} others` : '';
  const window = isSmallest
    ? 'The smallest window'
    : 'A window, of which a bound kept the smallest from being found';
  return [
    `${window}: events ${first} to ${last}, ${begin} to ${end} s.`,
    `Whatever the key held when it began (${shown}${others}), no order explains what was returned in it.`,
  ];
}

function rowsOf({ operations, first, last }: Window): readonly Operation[] {
  const within = (operation: Operation): number => {
    if (operation.returned > last) return 2;
    return operation.invoked < first ? 1 : 0;
  };
  const first24 = operations.toSorted((one, other) => within(one) - within(other)).slice(0, mostRows);
  return first24.toSorted((one, other) => one.invoked - other.invoked);
}

function inWords({ f, argument }: Operation): string {
  if (argument === null) return f;
  const words = f === 'cas' && isList(argument) ? argument : [argument];
  return `${f} ${words.map((word) => shortened(JSON.stringify(word))).join(' → ')}`;
}

function outcomeOf({ f, result, returned }: Operation, { last }: Window): string {
  if (result === undefined) return 'unknown';
  if (returned > last) return 'later';
  return f === 'read' || f === 'delete' ? shortened(JSON.stringify(result)) : 'ok';
}

function shortened(text: string): string {
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
}

/** Where on the line an event stands: they are set out evenly, as what counts is which came before which. */
function scaleOf({ operations, first, last }: Window, room: number): (event: number) => number {
  const events = operations.flatMap(({ invoked, returned }) => [invoked, returned]);
  const shown = [...new Set(events)]
    .filter((event) => event >= first && event <= last)
    .sort((one, other) => one - other);
  const places = new Map(shown.map((event, place) => [event, place]));
  const step = Math.min(4, (room - 3) / Math.max(1, shown.length - 1));
  return (event) => 1 + Math.round(step * (places.get(event) ?? 0));
}

function barOf(
  { invoked, returned }: Operation,
  { first, last }: Window,
  scale: (event: number) => number,
): string {
  const [begin, end] = [scale(Math.max(invoked, first)), scale(Math.min(returned, last))];
  const line = '─'.repeat(Math.max(0, end - begin - 1));
  const left = invoked < first ? ' '.repeat(begin - 1).concat('╶─') : ' '.repeat(begin).concat('├');
  return `${left}${line}${returned > last ? '─╴' : '┤'}`;
}
