import { roomProperties } from './judge.ts';
import type { RoomPlan } from './plan.ts';
import { type RoomReport, runRoom } from './runRoom.ts';
import type { Shell } from './shell.ts';

/** The most rows that are shown of a run. */
const mostRows = 120;

/** Runs a plan, and tells what happened in it, event by event. */
export async function toldRun(
  plan: RoomPlan,
  shell: Shell | undefined,
): Promise<{ readonly report: RoomReport; readonly lines: readonly string[] }> {
  const rows: string[] = [];
  const onNote = (line: string, now: number): void => {
    const row = rowOf(line);
    if (row !== undefined) rows.push(`${(now / 1000).toFixed(3).padStart(9)}  ${row}`);
  };
  const report = await runRoom(plan, { ...(shell && { shell }), onNote });
  const shown = rows.slice(-mostRows);
  const left = rows.length - shown.length;
  const lines = [
    planLine(plan),
    '',
    `${'s'.padStart(9)}  what`,
    ...(left > 0 ? [`${' '.repeat(11)}(${left} lines before)`] : []),
    ...shown,
    '',
    ...report.violations.flatMap(({ property, text }) => [
      `BROKEN: ${property}`,
      `  ${roomProperties[property]}`,
      `  Seen: ${text}`,
    ]),
  ];
  return { report, lines };
}

/** A plan in a line. */
export function planLine({ replicas, clients, rounds }: RoomPlan): string {
  const strikes = rounds.reduce((sum, round) => sum + round.strikes.length, 0);
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  return `${count(replicas, 'replica')}, ${count(clients, 'client')}, ${count(rounds.length, 'round')} of faults, ${count(strikes, 'strike')}.`;
}

/** What is known of a plan in which each strike was left out alone, and the property held then. */
export function minimalText({ rounds }: RoomPlan): string {
  return rounds.some(({ strikes }) => strikes.length > 0)
    ? 'No strike can be left out.'
    : 'It takes no strike.';
}

/** What a note says to a reader; undefined for what happens all the time. */
function rowOf(line: string): string | undefined {
  const [subject = '', rest = ''] = splitOnce(line.trim(), ' ');
  if (subject === 'fault') return `-- ${rest}`;
  if (!rest.startsWith('{'))
    return rest.endsWith('closed') || / closed \S+$/.test(line.trim()) ? undefined : `${subject} ${rest}`;
  const entry: unknown = JSON.parse(rest);
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { level, msg, ...fields } = Object.fromEntries(Object.entries(entry));
  const level40 = level === 40 ? 'warning: ' : level === 50 ? 'error: ' : '';
  const more = Object.entries(fields).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${subject} ${level40}${String(msg)}${more.length > 0 ? ` (${more.join(', ')})` : ''}`;
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
