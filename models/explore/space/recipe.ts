import { propertySets } from '../../checking/properties.ts';
import { ruleChangeNamed } from '../../mutants/catalogue/index.ts';
import { loadImplementation } from '../../mutants/load.ts';
import type { Setup } from '../../world/world.ts';
import { type Budget, boundsOf } from '../budget/budget.ts';
import type { Reductions } from '../reductions/reductions.ts';
import type { ExplorationSubject } from './subject.ts';

/** What is explored, as plain data, because threads share no functions. */
export interface Recipe {
  /** The name of the mutant, or null for the implementation as it should be. */
  readonly mutant: string | null;
  readonly setup: Setup;
  readonly properties: keyof typeof propertySets;
  readonly budget: Budget;
  readonly reductions: Reductions;
}

/** Makes the subject of a recipe. Throws a StaleMutantError where the mutant no longer fits the implementation. */
export async function subjectFrom({
  mutant,
  setup,
  properties,
  budget,
  reductions,
}: Recipe): Promise<ExplorationSubject> {
  const implementation = await loadImplementation(mutant === null ? undefined : ruleChangeNamed(mutant));
  return {
    implementation,
    setup,
    properties: propertySets[properties],
    bounds: boundsOf(budget),
    reductions,
  };
}
