import { kindOf } from './applied.ts';
import { unkeptState } from './kept.ts';
import type { Service } from './service.ts';

const optionalMethods = ['isRead', 'changes', 'snapshot', 'restore'] as const;

/**
 * Why a value is no service that a group can replicate, in part of a sentence; undefined if it is one. It trusts no type: a module
 * in JavaScript may export anything.
 */
export function definitionProblem(value: unknown): string | undefined {
  if (!isService(value)) return shapeProblem(value);
  if ((value.snapshot === undefined) !== (value.restore === undefined))
    return 'a service has both snapshot and restore, or neither';
  const problem = unkeptState(value, value.initial, 'initial');
  return problem && `no checkpoint can keep its initial state: ${problem}`;
}

/** The methods that a service need not have, as it has them. They stay its own, also where it is an object of a class. */
export function optionalMethodsOf<State>(
  service: Service<State>,
): Pick<Service<State>, (typeof optionalMethods)[number]> {
  return {
    ...(service.isRead && { isRead: service.isRead.bind(service) }),
    ...(service.changes && { changes: service.changes.bind(service) }),
    ...(service.snapshot && { snapshot: service.snapshot.bind(service) }),
    ...(service.restore && { restore: service.restore.bind(service) }),
  };
}

/** Whether a value is a service, as far as its fields show. */
export function isService(value: unknown): value is Service {
  return shapeProblem(value) === undefined;
}

/**
 * Why a value has not the fields of a service, in part of a sentence; undefined if it has. What `defineService` is given may have a
 * schema to validate.
 */
export function shapeProblem(value: unknown, mayHaveSchema = false): string | undefined {
  const problem = fieldProblem(value, mayHaveSchema);
  return problem && `${problem}. A service has initial, validate and apply`;
}

function fieldProblem(value: unknown, mayHaveSchema: boolean): string | undefined {
  if (typeof value !== 'object' || value === null) return `it is ${kindOf(value)}`;
  const fieldOf = (name: string): unknown => Reflect.get(value, name);
  if (fieldOf('initial') === undefined) return 'its initial is missing';
  const validate = fieldOf('validate');
  if (typeof validate !== 'function' && !(mayHaveSchema && isSchema(validate)))
    return `its validate is no function${mayHaveSchema ? ', and no Standard Schema' : ''}`;
  if (typeof fieldOf('apply') !== 'function') return 'its apply is no function';
  const odd = optionalMethods.find((name) => !['undefined', 'function'].includes(typeof fieldOf(name)));
  return odd && `its ${odd} is no function`;
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '~standard' in value;
}
