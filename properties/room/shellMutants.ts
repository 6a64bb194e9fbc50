import { huntRoom } from '../../models/room/huntRoom.ts';
import { shellMutants } from '../../models/room/mutants/index.ts';
import type { ShellMutant } from '../../models/room/mutants/shellMutant.ts';
import { drawPlan } from '../../models/room/plan.ts';
import { shellWith } from '../../models/room/shell.ts';

/** The property that a short hunt with the faults of the mutant breaks, and that the same run of the real shell does not. */
export async function caught({ name, edits, faults, options }: ShellMutant): Promise<string | undefined> {
  const { found } = await huntRoom({
    seed: 1,
    planOf: (seed) => drawPlan(seed, faults, options),
    mutant: await shellWith(name, edits),
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
