import { type Paint, paragraph } from '../../impl/terminal/layout.ts';
import type { HistoryEvent } from './events/event.ts';
import { isList, textOf } from './events/json.ts';
import type { HistoryOperation } from './events/operations.ts';
import type { Window } from './search/window.ts';

/** The most rows. Operations that returned within the window come before those that were only under way. */
const maxRows = 24;
const maxStarts = 10;
const maxValueLength = 24;

/** Renders a window that cannot be ordered: each operation with its result and a bar for the time that it was under way. */
export function windowLines(
  window: Window,
  events: readonly HistoryEvent[],
  width: number,
  paint: Paint,
): readonly string[] {
  const rows = rowsOf(window);
  const cells = rows.map((operation) => [
    String(operation.process),
    operationText(operation),
    outcomeOf(operation, window),
  ]);
  const table = [['process', 'operation', 'returned'], ...cells];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const barWidth = Math.max(16, width - widths.reduce((sum, one) => sum + one + 2, 0));
  const scale = scaleOf(window, barWidth);
  const lines = table.map((row, line) => {
    const text = row.map((cell, column) =>
      column === 0 ? cell.padStart(widths[0] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
    const operation = rows[line - 1];
    const bar = operation === undefined ? '' : barOf(operation, window, scale);
    return paint(`${text.join('  ')}  ${bar}`.trimEnd(), line === 0 ? 'dim' : 'plain');
  });
  const others = window.operations.length - rows.length;
  const more = others === 0 ? [] : [`and ${others} other operations that were under way`];
  return [...headOf(window, events).flatMap((line) => paragraph(line, width, '')), '', ...lines, ...more];
}

function headOf(
  { first, last, starts, isSmallest }: Window,
  events: readonly HistoryEvent[],
): readonly string[] {
  const [begin = 0, end = 0] = [first, last].map((event) => events[event]?.time ?? 0);
  const times = end === 0 ? '' : `, ${(begin / 1e9).toFixed(6)} to ${(end / 1e9).toFixed(6)} s`;
  const shown = starts
    .slice(0, maxStarts)
    .map((start) => shortened(start))
    .join(', ');
  const others = starts.length > maxStarts ? ` and ${starts.length - maxStarts} others` : '';
  const window = isSmallest
    ? 'The smallest window'
    : 'A window (a bound ended the search for the smallest one)';
  return [
    `${window}: events ${first} to ${last}${times}.`,
    `Whatever the key held when it began (${shown}${others}), no order explains the results.`,
  ];
}

function rowsOf({ operations, first, last }: Window): readonly HistoryOperation[] {
  const within = (operation: HistoryOperation): number => {
    if (operation.returned > last) return 2;
    return operation.invoked < first ? 1 : 0;
  };
  const shown = operations.toSorted((one, other) => within(one) - within(other)).slice(0, maxRows);
  return shown.toSorted((one, other) => one.invoked - other.invoked);
}

function operationText({ f, argument }: HistoryOperation): string {
  if (argument === null) return f;
  const values = f === 'cas' && isList(argument) ? argument : [argument];
  return `${f} ${values.map((value) => shortened(textOf(value))).join(' → ')}`;
}

function outcomeOf({ f, result, returned }: HistoryOperation, { last }: Window): string {
  if (result === undefined) return 'unknown';
  if (returned > last) return 'later';
  return f === 'read' || f === 'get' || f === 'delete' ? shortened(textOf(result)) : 'ok';
}

function shortened(text: string): string {
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength - 1)}…` : text;
}

/** Maps events to columns, evenly spaced: only the order of events matters. */
function scaleOf({ operations, first, last }: Window, barWidth: number): (event: number) => number {
  const events = operations.flatMap(({ invoked, returned }) => [invoked, returned]);
  const shown = [...new Set(events)]
    .filter((event) => event >= first && event <= last)
    .sort((one, other) => one - other);
  const places = new Map(shown.map((event, place) => [event, place]));
  const step = Math.min(4, (barWidth - 3) / Math.max(1, shown.length - 1));
  return (event) => 1 + Math.round(step * (places.get(event) ?? 0));
}

function barOf(
  { invoked, returned }: HistoryOperation,
  { first, last }: Window,
  scale: (event: number) => number,
): string {
  const [begin, end] = [scale(Math.max(invoked, first)), scale(Math.min(returned, last))];
  const line = '─'.repeat(Math.max(0, end - begin - 1));
  const left = invoked < first ? ' '.repeat(begin - 1).concat('╶─') : ' '.repeat(begin).concat('├');
  return `${left}${line}${returned > last ? '─╴' : '┤'}`;
}
