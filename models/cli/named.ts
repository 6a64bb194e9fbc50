import type { Ablation } from '../ablations/ablation.ts';
import { ablationNamed, ablations, UnknownAblationError } from '../ablations/catalogue/index.ts';
import { UsageError } from './arguments.ts';

/** The ablation that a command line names. */
export function ablationGiven(name: string): Ablation {
  try {
    return ablationNamed(name);
  } catch (error) {
    if (error instanceof UnknownAblationError) throw new UsageError(error.message);
    throw error;
  }
}

/** Whether a file may name it as its ablation. */
export function isAblation(name: string): boolean {
  return ablations.some((ablation) => ablation.name === name);
}
