import { basename } from 'node:path';
import fc from 'fast-check';
import { loadService, operationsIn } from '../../../impl/cli/loadService.ts';
import type { Service } from '../../../impl/index.ts';
import { UsageError } from '../../../impl/terminal/arguments.ts';
import { drawnFromSchema } from '../../../impl/testing/checkService.ts';
import { arriving } from '../../../impl/testing/jsonOf.ts';
import type { ServiceScope } from '../../hunt/schedules.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import { fileServiceOf } from '../../world/fileService.ts';
import type { Implementation } from '../../world/implementation.ts';

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

/**
 * The implementation with the user's service, if there is one. Throws a UsageError if it cannot replicate that: a mutant has a Tree
 * of its own, which is not that of the service.
 */
export function serving(implementation: Implementation, fileService: Service | undefined): Implementation {
  if (fileService === undefined) return implementation;
  try {
    implementation.partsOf(fileService, fileService.initial);
  } catch {
    throw new UsageError(
      'A mutant runs only services whose states are JSON values. Leave out --mutant or --service.',
    );
  }
  return { ...implementation, fileService };
}

/**
 * The user's service that a recorded run replicates, from the file of that name; undefined if it replicates one of the
 * models' own. Throws a UsageError if the file given is another one, or is missing.
 */
export async function serviceOf(
  trace: string,
  { setup }: Counterexample,
  given: string | undefined,
): Promise<Service | undefined> {
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
  return (await loadService(given, '--service')).service;
}
