import { huntRoom } from '../../models/room/huntRoom.ts';
import { shellMutants } from '../../models/room/mutants/index.ts';
import { revealingPlan, type ShellMutant } from '../../models/room/mutants/shellMutant.ts';
import { shellWith } from '../../models/room/shell.ts';

/** The property that a short hunt with the faults of the mutant breaks, and that the same run of the real shell does not. */
export async function caught(mutant: ShellMutant): Promise<string | undefined> {
  const { found } = await huntRoom({
    seed: 1,
    planOf: (seed) => revealingPlan(seed, mutant),
    mutant: await shellWith(mutant.name, mutant.edits),
    seconds: Infinity,
    runs: 60,
    isInterrupted: () => false,
  });
  return found?.violation.property;
}

/** The mutant with this name. */
export function shellMutant(name: string): ShellMutant {
  const found = shellMutants.find((mutant) => mutant.name === name);
  if (found === undefined) throw new RangeError(`There is no mutant ${name}.`);
  return found;
}
