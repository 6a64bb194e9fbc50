import { propertySets } from '../../checking/properties.ts';
import { ruleChangeNamed } from '../../mutants/catalogue/index.ts';
import { loadImplementation } from '../../mutants/load.ts';
import type { Setup } from '../../world/world.ts';
import { type Budget, boundsOf } from '../budget/budget.ts';
import type { Reductions } from '../reductions/reductions.ts';
import type { Subject } from './subject.ts';

/** What is explored, as plain data: threads share no functions. */
export interface Recipe {
  /** The rule that is missing, or null for the implementation as it should be. */
  readonly mutant: string | null;
  readonly setup: Setup;
  readonly properties: keyof typeof propertySets;
  readonly budget: Budget;
  readonly reductions: Reductions;
}

/** What is to be explored by this recipe. Throws where the mutant does not fit the implementation any more. */
export async function subjectBy({ mutant, setup, properties, budget, reductions }: Recipe): Promise<Subject> {
  const implementation = await loadImplementation(mutant === null ? undefined : ruleChangeNamed(mutant));
  return {
    implementation,
    setup,
    properties: propertySets[properties],
    bounds: boundsOf(budget),
    reductions,
  };
}
