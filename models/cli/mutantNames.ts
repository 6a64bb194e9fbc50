import { existsSync, statSync } from 'node:fs';
import { UsageError } from '../../impl/terminal/arguments.ts';
import { oneOf } from '../../impl/terminal/optionValues.ts';
import { type Claims, claimsCalled } from '../checking/model.ts';
import {
  ablationNamed,
  ablations,
  isRemoval,
  removalNamed,
  UnknownAblationError,
} from '../mutants/catalogue/index.ts';
import type { Ablation, Removal } from '../mutants/mutant.ts';
import { traceFile } from '../mutation/traces.ts';

/** The ablation that a command line names. One that does no harm will not do. */
export function harmfulGiven(name: string): Ablation {
  const { name: known } = ablationGiven(name);
  const ablation = ablations.find((candidate) => candidate.name === known);
  if (ablation !== undefined) return ablation;
  throw new UsageError(`The ablation '${name}' does no harm alone: npm run harmless tries those.`);
}

/** What a command line asks to be taken out. */
export function ablationGiven(name: string): Removal {
  try {
    return removalNamed(name);
  } catch (error) {
    if (error instanceof UnknownAblationError) throw new UsageError(error.message);
    throw error;
  }
}

/** The claims that a command line asks for: all, or guarantees. */
export function claimsGiven(name: string): Claims {
  return claimsCalled[oneOf('--claims', name, ['all', 'guarantees'])];
}

/** The counterexample that a command line names: a file, or the story that is kept of an ablation. */
export function counterexampleGiven(name: string): string {
  const isFolder = existsSync(name) && statSync(name).isDirectory();
  if (existsSync(name) && !(isFolder && isRemoval(name))) return name;
  try {
    const file = traceFile(ablationNamed(name).name);
    if (existsSync(file)) return file;
  } catch (error) {
    if (!(error instanceof UnknownAblationError)) throw error;
    // Whoever mistypes the path of a file does not want to see the whole catalogue.
    throw new UsageError(`There is no file '${name}'. ${error.message.replace(/ There are: .*/, '')}`);
  }
  const advice = `Say npm run ablations -- ${name} --keep to keep one.`;
  throw new UsageError(`There is no file '${name}', and no story of the ablation ${name} is kept. ${advice}`);
}
