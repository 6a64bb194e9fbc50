import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { shellMutants } from '../../room/mutants/index.ts';
import { readKept } from '../files/keptFile.ts';

const count = z.int().min(0);
const seconds = z.number().min(0).nullable();
const row = z.strictObject({
  mutant: z.string(),
  /** In how many of so many hunts it was found. */
  found: count,
  of: count,
  /** Seconds of processor time until it was found; null if it never was. */
  median: seconds,
  longest: seconds,
  /** How often each property was the one that broke. */
  properties: z.record(z.string(), count),
});
const format = 'viewstamped-room-run';
const roomRun = z.strictObject({ format: z.literal(format), version: z.literal(1), rows: z.array(row) });

/** What the hunts of one mutant of the shell came to, each of a minute of processor time. */
export type RoomRow = Readonly<z.infer<typeof row>>;

/** The file that holds what was measured last of each mutant of the shell. */
export const roomRunFile = fileURLToPath(new URL('../../room/mutants/run.json', import.meta.url));

/** The rows of the file; none if there is no file. Throws a `BadFile` where it is not in the format. */
export function readRoomRun(file: string): readonly RoomRow[] {
  return readKept(file, roomRun, 'the file is no run over the mutants of the shell')?.rows ?? [];
}

/** The rows of the mutants that there are, in their order, with this one in place of an earlier one. */
export function withRow(rows: readonly RoomRow[], added: RoomRow): readonly RoomRow[] {
  const byName = new Map([...rows, added].map((one) => [one.mutant, one]));
  return shellMutants.flatMap(({ name }) => byName.get(name) ?? []);
}

/** The text of the file, with one row a line, so that versions can be compared. */
export function roomRunText(rows: readonly RoomRow[]): string {
  const lines = rows.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
  return `{\n  "format": "${format}",\n  "version": 1,\n  "rows": [\n${lines}\n  ]\n}\n`;
}

/** A table for the results page. */
export function roomRunTable(rows: readonly RoomRow[]): string {
  const told = (time: number | null): string => (time === null ? '–' : time.toFixed(1));
  const lines = rows.map(({ mutant, found, of, median, longest, properties }) => {
    const broken = Object.entries(properties).map(([name, times]) => `${name} ${times}`);
    return `| \`${mutant}\` | ${found} of ${of} | ${told(median)} | ${told(longest)} | ${broken.join(', ')} |`;
  });
  return [
    '| mutant | found | median, s | longest, s | property |',
    '|---|---:|---:|---:|---|',
    ...lines,
  ].join('\n');
}
