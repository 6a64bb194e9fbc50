import { existsSync, statSync } from 'node:fs';
import { UsageError } from '../../../impl/terminal/arguments.ts';
import { oneOf } from '../../../impl/terminal/optionValues.ts';
import { type Properties, propertySetNames, propertySets } from '../../checking/properties.ts';
import {
  isRuleChange,
  mutantNamed,
  mutants,
  ruleChangeNamed,
  UnknownMutantError,
} from '../../mutants/catalogue/index.ts';
import type { Mutant, RuleChange } from '../../mutants/mutant.ts';
import { traceFile } from '../../mutation/traces/keptTraces.ts';

/** The mutant that a command line names. Throws a UsageError for an unknown or a tolerated one. */
export function mutantGiven(name: string): Mutant {
  const { name: known } = ruleChangeGiven(name);
  const mutant = mutants.find((candidate) => candidate.name === known);
  if (mutant !== undefined) return mutant;
  throw new UsageError(
    `The mutant '${name}' is tolerated: it breaks no property alone. Use npm run tolerated for it.`,
  );
}

/** The mutant that a command line names, tolerated ones included. Throws a UsageError for an unknown one. */
export function ruleChangeGiven(name: string): RuleChange {
  try {
    return ruleChangeNamed(name);
  } catch (error) {
    if (error instanceof UnknownMutantError) throw new UsageError(error.message);
    throw error;
  }
}

/** The set of properties that a command line names. */
export function propertiesGiven(name: string): Properties {
  return propertySets[oneOf('--properties', name, propertySetNames)];
}

/** The path of the counterexample that a command line names: a file, or the kept trace of a mutant. */
export function counterexampleGiven(name: string): string {
  const isFolder = existsSync(name) && statSync(name).isDirectory();
  if (existsSync(name) && !(isFolder && isRuleChange(name))) return name;
  try {
    const file = traceFile(mutantNamed(name).name);
    if (existsSync(file)) return file;
  } catch (error) {
    if (!(error instanceof UnknownMutantError)) throw error;
    if (isRuleChange(name))
      throw new UsageError(
        `There is no file '${name}', and the mutant ${name} is tolerated: it has no trace.`,
      );
    // A mistyped path should not list the whole catalogue.
    throw new UsageError(
      `'${name}' is neither a file nor a mutant; the nearest mutants are ${error.nearest.join(', ')}.`,
    );
  }
  const advice = `Run npm run mutants -- ${name} --keep to keep one.`;
  throw new UsageError(`There is no file '${name}', and no trace of the mutant ${name} is kept. ${advice}`);
}
