import type { Ablation } from '../ablations/ablation.ts';
import { ablationNamed, ablations, UnknownAblationError } from '../ablations/catalogue/index.ts';
import { type Claims, claimsCalled } from '../model.ts';
import { UsageError } from './arguments.ts';
import { oneOf } from './values.ts';

/** The ablation that a command line names. */
export function ablationGiven(name: string): Ablation {
  try {
    return ablationNamed(name);
  } catch (error) {
    if (error instanceof UnknownAblationError) throw new UsageError(error.message);
    throw error;
  }
}

/** The claims that a command line asks for: all, or guarantees. */
export function claimsGiven(name: string): Claims {
  return claimsCalled[oneOf('--claims', name, ['all', 'guarantees'])];
}

/** Whether a file may name it as its ablation. */
export function isAblation(name: string): boolean {
  return ablations.some((ablation) => ablation.name === name);
}
