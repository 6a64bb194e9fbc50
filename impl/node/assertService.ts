import type { Service } from '../service/service.ts';
import { SetupError } from './cluster/setupError.ts';

const methods = ['validate', 'apply'] as const;
const optionalMethods = ['snapshot', 'restore'] as const;

/**
 * Throws a SetupError that begins with `name` unless the value is a service, as far as its fields show: a module in
 * JavaScript may export anything.
 */
export function assertService(value: unknown, name: string): asserts value is Service {
  const problem = problemOf(value);
  if (problem !== undefined)
    throw new SetupError(`${name} is no service: ${problem}. A service has initial, validate and apply.`);
}

function problemOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return `it is ${value === null ? 'null' : typeof value}`;
  const fieldOf = (name: string): unknown => Reflect.get(value, name);
  if (fieldOf('initial') === undefined) return 'its initial is missing';
  const wrong = methods.find((name) => typeof fieldOf(name) !== 'function');
  if (wrong !== undefined) return `its ${wrong} is no function`;
  const given = optionalMethods.filter((name) => fieldOf(name) !== undefined);
  const odd = given.find((name) => typeof fieldOf(name) !== 'function');
  if (odd !== undefined) return `its ${odd} is no function`;
  return given.length === 1 ? 'it has one of snapshot and restore, and needs both or none' : undefined;
}
