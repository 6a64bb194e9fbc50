import { counted, grouped } from '../../impl/terminal/columns.ts';
import type { Conformance, IllegalStep } from './conform.ts';
import type { Line, TracedMessage } from './format/line.ts';

/** What was judged, in a line. */
export function judgedLine({ lines, run }: Conformance): string {
  let steps = 0;
  for (const times of run.taken.values()) steps += times;
  const views = run.state.started.filter((log) => log !== undefined).length;
  return (
    `${counted(lines, 'line')}, ${counted(steps, 'step')} of the protocol, ` +
    `executed up to entry ${grouped(run.promise.executed)}, ${counted(views, 'view')} started`
  );
}

/** The first step that is not legal, in lines. */
export function illegalLines({ illegal }: Conformance): readonly string[] {
  if (illegal === undefined) return [];
  const { file, lineNumber, replica, line, problem } = illegal;
  const { rule, section, about, sentence } = problem;
  return [
    `${file}:${lineNumber}: r${replica} at step ${line.step}: ${eventText(line)}`,
    ...changeLines(illegal),
    ...(line.sent ?? []).map(({ to, message }) => `  sent ${messageText(message)} to ${receiversText(to)}`),
    '',
    `ILLEGAL: ${rule} (${about}; ${section})`,
    `  ${sentence}`,
  ];
}

function changeLines({ before: present, line }: IllegalStep): readonly string[] {
  const { status, viewNumber, lastNormalView, commitNumber, log, stored } = line;
  const rows: [string, unknown, unknown][] = [
    ['status', present.status, status],
    ['viewNumber', present.viewNumber, viewNumber],
    ['lastNormalView', present.lastNormalView, lastNormalView],
    ['commitNumber', present.commitNumber, commitNumber],
    ['log', `${present.log.length} entries`, log && `${log.after.opNumber} + ${log.entries.length} entries`],
    ['stored', storedText(present.disk), stored && storedText(stored)],
  ];
  return rows.flatMap(([field, before, after]) =>
    after === undefined || after === null ? [] : [`  ${field.padEnd(15)}${before} → ${after}`],
  );
}

interface StoredLike {
  readonly viewNumber: number;
  readonly lastNormalView: number;
  readonly log?: { readonly length?: number; readonly opNumber?: number } | null | undefined;
}

function storedText({ viewNumber, lastNormalView, log }: StoredLike): string {
  if (log === undefined || log === null) return `view ${viewNumber}, no log`;
  return `view ${viewNumber}, ${log.length ?? log.opNumber} entries of view ${lastNormalView}`;
}

function eventText({ event }: Line): string {
  if (event.type !== 'message') return event.type;
  return `${messageText(event.message)} from ${event.from === undefined ? 'a client' : `r${event.from}`}`;
}

function receiversText(to: readonly number[] | undefined): string {
  return to === undefined ? 'a client' : to.map((number) => `r${number}`).join(', ');
}

/** A message in a few words: v is the view-number, n the op-number, k the commit-number. */
function messageText(message: TracedMessage): string {
  const parts: string[] = [message.type === 'OTHER' ? (message.name ?? 'OTHER') : message.type];
  if ('clientId' in message) parts.push(`${message.clientId} s${message.requestNumber}`);
  if ('viewNumber' in message) parts.push(`v${message.viewNumber}`);
  if ('lastNormalView' in message) parts.push(`of v${message.lastNormalView}`);
  if ('opNumber' in message) parts.push(`n${message.opNumber}`);
  if ('log' in message && message.log !== null) parts.push(`n${message.log.opNumber}`);
  if ('commitNumber' in message) parts.push(`k${message.commitNumber}`);
  return parts.join(' ');
}
