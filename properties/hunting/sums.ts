import fc from 'fast-check';
import type { Json, Service } from '../../impl/index.ts';
import { allProperties, type Properties } from '../../models/checking/properties.ts';
import { type Failure, Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { type Implementation, realImplementation } from '../../models/world/implementation.ts';

/** Numbers to add, and null for a read of the sum. */
const operations = fc.constantFrom<Json>(1, 2, null);

/** A service that adds to a sum what `added` makes of a number. */
export function adding(added: (amount: number) => number): Service<number> {
  return {
    initial: 0,
    validate: (operation) =>
      operation === null || typeof operation === 'number' ? undefined : 'it must be a number or null',
    apply: (sum, operation) => {
      const state = typeof operation === 'number' ? sum + added(operation) : sum;
      return { state, result: state };
    },
    isRead: (operation) => operation === null,
  };
}

export const sums = adding((amount) => amount);

interface Hunted {
  readonly implementation?: Implementation;
  readonly properties?: Properties;
  readonly service?: Service;
  readonly runs: number;
  readonly shrinks?: boolean;
}

export function hunted({
  implementation = realImplementation,
  properties = allProperties,
  service = sums,
  runs,
  shrinks = false,
}: Hunted): Failure | undefined {
  const scope = scopeOf({ replicas: 3, service: { file: 'sums.ts', operations } });
  const system = { implementation: { ...implementation, fileService: service }, properties };
  return new Hunt(system, scope, 1, { shrinks }).batch(runs);
}
