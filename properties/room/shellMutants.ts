import { type ShellMutant, shellMutants } from '../../models/room/mutants.ts';
import { runRoom } from '../../models/room/runRoom.ts';
import { shellWith } from '../../models/room/shell.ts';

/** What a run with the mutant and the same run of the real shell report; the first of some seeds that reveals the mutant. */
export async function caught({ name, edits, faults, options, report }: ShellMutant) {
  const shell = await shellWith(name, edits);
  for (const seed of options?.seed === undefined ? [1, 2, 3, 4, 5] : [options.seed]) {
    const run = { replicas: 3, clients: 3, duration: 120_000, pause: 2_000, faults, ...options, seed };
    const { violations } = await runRoom({ ...run, shell });
    if (violations.some((violation) => violation.includes(report)))
      return { mutant: violations, real: (await runRoom(run)).violations };
  }
  return undefined;
}

/** The mutant with this name. */
export function shellMutant(name: string): ShellMutant {
  const found = shellMutants.find((mutant) => mutant.name === name);
  if (found === undefined) throw new RangeError(`There is no mutant ${name}.`);
  return found;
}
