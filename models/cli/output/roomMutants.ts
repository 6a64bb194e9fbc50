import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { replaceFile } from '../../mutation/files/keptFile.ts';
import {
  type RoomRow,
  readRoomRun,
  roomRunFile,
  roomRunTable,
  roomRunText,
  withRow,
} from '../../mutation/table/roomRun.ts';
import { faultKinds } from '../../room/faults.ts';
import { huntRoom, type RoomHunt } from '../../room/huntRoom.ts';
import { roomProperties } from '../../room/judge.ts';
import { shellMutants } from '../../room/mutants/index.ts';
import type { ShellMutant } from '../../room/mutants/shellMutant.ts';
import { shellWith } from '../../room/shell.ts';

/** Every mutant of the shell, property of runs and kind of fault. */
export function roomListLines(): readonly string[] {
  return [
    'Mutants:',
    ...shellMutants.map(({ name, rule }) => `  ${name}: ${rule}`),
    '',
    'Properties:',
    ...Object.entries(roomProperties).map(([name, prose]) => `  ${name}: ${prose}`),
    '',
    `Kinds of faults: ${Object.keys(faultKinds).join(', ')}.`,
  ];
}

/** Hunts a mutant with so many seeds. */
export async function measureMutant(
  { name, edits }: ShellMutant,
  plan: Omit<RoomHunt, 'seed' | 'mutant'>,
  first: number,
  seeds: number,
): Promise<RoomRow> {
  const mutant = await shellWith(name, edits);
  const times: number[] = [];
  const properties: Record<string, number> = {};
  let tried = 0;
  for (; tried < seeds && !plan.isInterrupted(); tried++) {
    const { found, seconds } = await huntRoom({ ...plan, seed: first + tried, mutant });
    if (found === undefined) continue;
    times.push(seconds);
    const { property } = found.violation;
    properties[property] = (properties[property] ?? 0) + 1;
  }
  times.sort((one, other) => one - other);
  const rounded = (time: number | undefined): number | null =>
    time === undefined ? null : Number(time.toFixed(1));
  return {
    ...{ mutant: name, found: times.length, of: tried, properties },
    median: rounded(times[Math.floor(times.length / 2)]),
    longest: rounded(times.at(-1)),
  };
}

/** A row in a line. */
export function rowLine({ mutant, found, of, median, longest, properties }: RoomRow): string {
  const took = median === null || longest === null ? '' : `; median ${median} s, longest ${longest} s`;
  const how = Object.entries(properties).map(([property, count]) => `${property} ${count}`);
  return `${mutant}: ${found} of ${of}${took}${how.length === 0 ? '' : ` (${how.join(', ')})`}`;
}

/** Keeps a row in the file and on the results page. */
export function keepRow(row: RoomRow): void {
  const rows = withRow(readRoomRun(roomRunFile), row);
  replaceFile(roomRunFile, roomRunText(rows));
  const text = readFileSync(resultsPage, 'utf8');
  const [before = '', rest = ''] = text.split(begin);
  const [, after = ''] = rest.split(end);
  replaceFile(resultsPage, `${before}${begin}\n${roomRunTable(rows)}\n\n${end}${after}`);
}

const resultsPage = fileURLToPath(new URL('../../../docs/results.md', import.meta.url));
const [begin, end] = ['<!-- begin room-mutants -->\n', '<!-- end room-mutants -->\n'];
