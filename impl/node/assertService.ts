import { definitionProblem } from '../service/definition.ts';
import type { Service } from '../service/service.ts';
import { SetupError } from './cluster/setupError.ts';

/** Throws a SetupError that begins with `name` unless the value is a service that a group can replicate. */
export function assertService(value: unknown, name: string): asserts value is Service {
  const problem = definitionProblem(value);
  if (problem !== undefined) throw new SetupError(`${name} is no service: ${problem}.`);
}
