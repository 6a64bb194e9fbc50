import { basename } from 'node:path';
import fc from 'fast-check';
import { loadService, operationsIn } from '../../../impl/cli/loadService.ts';
import type { Service } from '../../../impl/index.ts';
import { UsageError } from '../../../impl/terminal/arguments.ts';
import { drawnFromSchema } from '../../../impl/testing/checkService.ts';
import { arriving } from '../../../impl/testing/jsonOf.ts';
import type { ServiceScope } from '../../hunt/schedules.ts';
import { loadImplementation } from '../../mutants/load.ts';
import { type RuleChange, StaleMutantError } from '../../mutants/mutant.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import { fileServiceOf } from '../../world/fileService.ts';
import { type Implementation, realImplementation } from '../../world/implementation.ts';

/** The option that names a user's service. */
export const serviceOption = {
  type: 'string',
  value: 'FILE',
  help: 'the module of a service of yours, as viewstamped check takes it (default: services of the models)',
} as const;

/** The service of a file, and what draws operations that it accepts. Throws a UsageError or SetupError. */
export async function serviceGiven(
  file: string,
  seed: number,
): Promise<{ readonly service: Service; readonly scope: ServiceScope }> {
  const { service, exported } = await loadService(file, '--service');
  const drawn = (operationsIn(file, exported) ?? drawnFromSchema(fc, service)).map(arriving);
  const isAccepted = (operation: ReturnType<typeof arriving>) => service.validate(operation) === undefined;
  if (!fc.sample(drawn, { seed, numRuns: 1000 }).some(isAccepted))
    throw new UsageError(`The service in '${file}' accepts none of 1,000 operations that were drawn for it.`);
  return { service, scope: { file: basename(file), operations: drawn.filter(isAccepted) } };
}

/** A user's service, and the file that it is from. */
export interface ServiceFrom {
  readonly file: string;
  readonly service: Service;
}

/**
 * The implementation, or a mutant of it, with the user's service, if there is one. A mutant gets a service of its own from the file.
 * Throws a UsageError if the file cannot be loaded so, or a StaleMutantError.
 */
export async function loadServing(
  mutant: RuleChange | undefined,
  from: ServiceFrom | undefined,
): Promise<Implementation> {
  if (from === undefined) return loadImplementation(mutant);
  if (mutant === undefined) return { ...realImplementation, fileService: from.service };
  return loadImplementation(mutant, from.file).catch((cause: unknown) => {
    if (cause instanceof StaleMutantError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `--service: ${from.file} cannot be loaded with a mutant, for which it is bundled with all that it imports: ${reason}`,
    );
  });
}

/**
 * The user's service that a recorded run replicates, from the file of that name; undefined if it replicates one of the
 * models' own. Throws a UsageError if the file given is another one, or is missing.
 */
export async function serviceOf(
  trace: string,
  { setup }: Counterexample,
  given: string | undefined,
): Promise<ServiceFrom | undefined> {
  const recorded = fileServiceOf(setup)?.file;
  if (recorded === undefined && given === undefined) return undefined;
  if (recorded === undefined)
    throw new UsageError(`${trace} is a run of a service of the models. Leave out --service ${given}.`);
  if (given === undefined)
    throw new UsageError(`${trace} is a run of the service ${recorded}. Add --service with that file.`);
  if (basename(given) !== recorded)
    throw new UsageError(
      `${trace} is a run of the service ${recorded}, and --service names ${basename(given)}.`,
    );
  return { file: given, service: (await loadService(given, '--service')).service };
}
