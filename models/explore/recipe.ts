import { claimsCalled } from '../checking/model.ts';
import { removalNamed } from '../mutants/catalogue/index.ts';
import { loadImplementation } from '../mutants/load.ts';
import type { Setup } from '../world/world.ts';
import { type Budget, boundsOf } from './bounds.ts';
import type { Reductions, Subject } from './subject.ts';

/** What is explored, as plain data: threads share no functions. */
export interface Recipe {
  /** The rule that is missing, or null for the implementation as it should be. */
  readonly ablation: string | null;
  readonly setup: Setup;
  readonly claims: keyof typeof claimsCalled;
  readonly budget: Budget;
  readonly reductions: Reductions;
}

/** What is to be explored by this recipe. Throws where the ablation does not fit the implementation any more. */
export async function subjectBy({ ablation, setup, claims, budget, reductions }: Recipe): Promise<Subject> {
  const implementation = await loadImplementation(ablation === null ? undefined : removalNamed(ablation));
  return { implementation, setup, claims: claimsCalled[claims], bounds: boundsOf(budget), reductions };
}
