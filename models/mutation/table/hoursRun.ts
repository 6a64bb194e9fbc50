import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { grouped } from '../../../impl/terminal/columns.ts';
import type { RoomHours } from '../../room/totals.ts';
import { readKept } from '../files/keptFile.ts';

const count = z.int().min(0);
const amount = z.number().min(0);
const format = 'viewstamped-room-hours';
const hoursRun = z.strictObject({
  format: z.literal(format),
  version: z.literal(1),
  ticks: z.array(
    z.strictObject({
      tick: count,
      runs: count,
      hours: amount,
      seconds: amount,
      events: count,
      answered: count,
    }),
  ),
  struck: z.record(z.string(), z.strictObject({ struck: count, mattered: count })),
});

/** The file that holds what all hunts came to that were kept, of the shell as it is. */
export const roomHoursFile = fileURLToPath(new URL('../../room/hours.json', import.meta.url));

/** The sum in the file; nothing if there is no file. Throws a `BadFile` where it is not in the format. */
export function readRoomHours(file: string): RoomHours {
  return readKept(file, hoursRun, 'the file is no sum of hours of the room') ?? { ticks: [], struck: {} };
}

/** The text of the file, with one row a line, so that versions can be compared. */
export function roomHoursText({ ticks, struck }: RoomHours): string {
  const rows = ticks.map((row) => `    ${JSON.stringify(row)}`).join(',\n');
  const kinds = kindsOf(struck).map(([kind, counts]) => `    "${kind}": ${JSON.stringify(counts)}`);
  return `{\n  "format": "${format}",\n  "version": 1,\n  "ticks": [\n${rows}\n  ],\n  "struck": {\n${kinds.join(',\n')}\n  }\n}\n`;
}

/** Two tables for the results page. */
export function roomHoursTables({ ticks, struck }: RoomHours): string {
  const rows = ticks.map(({ tick, runs, hours, seconds, events, answered }) =>
    [tick, runs, Math.round(hours), Math.round((hours * 3_600) / seconds), events, answered]
      .map(grouped)
      .join(' | '),
  );
  const kinds = kindsOf(struck).map(
    ([kind, counts]) => `| \`${kind}\` | ${grouped(counts.struck)} | ${grouped(counts.mattered)} |`,
  );
  return [
    '| tick, ms | runs | virtual hours | times real time | events | answered requests |',
    '|---:|---:|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row} |`),
    '',
    '| kind of fault | struck | mattered |',
    '|---|---:|---:|',
    ...kinds,
  ].join('\n');
}

function kindsOf(struck: RoomHours['struck']) {
  return Object.entries(struck).sort(([one], [other]) => one.localeCompare(other));
}
