import { definitionProblem } from '../service/definition.ts';
import type { Service } from '../service/service.ts';
import { SetupError } from './cluster/setupError.ts';

const methods = ['validate', 'apply'] as const;
const optionalMethods = ['isRead', 'snapshot', 'restore'] as const;

/**
 * Throws a SetupError that begins with `name` unless the value is a service, as far as its fields show: a module in
 * JavaScript may export anything.
 */
export function assertService(value: unknown, name: string): asserts value is Service {
  if (!isService(value))
    throw new SetupError(
      `${name} is no service: ${problemOf(value)}. A service has initial, validate and apply.`,
    );
  const problem = definitionProblem(value);
  if (problem !== undefined) throw new SetupError(`${name} is no service. ${problem}`);
}

function isService(value: unknown): value is Service {
  return problemOf(value) === undefined;
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `it is ${value === null ? 'null' : typeof value}`;
  const fieldOf = (name: string): unknown => Reflect.get(value, name);
  if (fieldOf('initial') === undefined) return 'its initial is missing';
  const wrong = methods.find((name) => typeof fieldOf(name) !== 'function');
  if (wrong !== undefined) return `its ${wrong} is no function`;
  const odd = optionalMethods.find((name) => !['undefined', 'function'].includes(typeof fieldOf(name)));
  return odd === undefined ? undefined : `its ${odd} is no function`;
}
