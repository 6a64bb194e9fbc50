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

/** Hunts a mutant with so many seeds. Yields a line about it, and the share of hunts that found it. */
export async function measureMutant(
  { name, edits }: ShellMutant,
  plan: Omit<RoomHunt, 'seed' | 'mutant'>,
  first: number,
  seeds: number,
): Promise<{ readonly line: string; readonly share: number }> {
  const mutant = await shellWith(name, edits);
  const times: number[] = [];
  const broken = new Map<string, number>();
  let tried = 0;
  for (; tried < seeds && !plan.isInterrupted(); tried++) {
    const { found, seconds } = await huntRoom({ ...plan, seed: first + tried, mutant });
    if (found === undefined) continue;
    times.push(seconds);
    const { property } = found.violation;
    broken.set(property, (broken.get(property) ?? 0) + 1);
  }
  times.sort((one, other) => one - other);
  const median = times[Math.floor(times.length / 2)];
  const took =
    median === undefined ? '' : `; median ${median.toFixed(1)} s, longest ${times.at(-1)?.toFixed(1)} s`;
  const how = [...broken].map(([property, count]) => `${property} ${count}`).join(', ');
  return {
    line: `${name}: ${times.length} of ${tried}${took}${how === '' ? '' : ` (${how})`}`,
    share: times.length / tried,
  };
}
