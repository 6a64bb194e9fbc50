import { readFileSync } from 'node:fs';
import { replaceFile } from '../../mutation/files/keptFile.ts';
import {
  readRoomHours,
  roomHoursFile,
  roomHoursTables,
  roomHoursText,
} from '../../mutation/table/hoursRun.ts';
import {
  type RoomRow,
  readRoomRun,
  roomRunFile,
  roomRunTable,
  roomRunText,
  withRow,
} from '../../mutation/table/roomRun.ts';
import { median } from '../../quantile.ts';
import { faultKinds } from '../../room/faults.ts';
import { huntRoom, type RoomHunt } from '../../room/huntRoom.ts';
import { roomProperties } from '../../room/judge.ts';
import { shellMutants } from '../../room/mutants/index.ts';
import type { ShellMutant } from '../../room/mutants/shellMutant.ts';
import { shellWith } from '../../room/shell.ts';
import { hoursSum, type Totals } from '../../room/totals.ts';
import { resultsPage, withSection } from './resultsPage.ts';

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
  const rounded = (time: number): number | null => (times.length === 0 ? null : Number(time.toFixed(1)));
  return {
    ...{ mutant: name, found: times.length, of: tried, properties },
    median: rounded(median(times)),
    longest: rounded(Math.max(...times)),
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
  showOnPage('room-mutants', roomRunTable(rows));
}

/** Adds what runs that broke nothing came to, in the file and on the results page. */
export function keepHours(totals: Totals): void {
  const sum = hoursSum(readRoomHours(roomHoursFile), totals.sum);
  replaceFile(roomHoursFile, roomHoursText(sum));
  showOnPage('room-hours', roomHoursTables(sum));
}

function showOnPage(section: string, tables: string): void {
  const page = readFileSync(resultsPage, 'utf8');
  replaceFile(resultsPage, withSection(page, section, `\n${tables}\n\n`));
}
