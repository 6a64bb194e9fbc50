import { appliedProblem } from '../../service/applied.ts';
import { optionalMethodsOf, shapeProblem } from '../../service/definition.ts';
import { difference, shown } from '../../service/difference.ts';
import { unkept, unkeptState } from '../../service/kept.ts';
import { partsOf, stateOf } from '../../service/parts.ts';
import type { Applied, Predicted, Service } from '../../service/service.ts';
import { freeze } from '../../tree/frozen.ts';
import type { Json } from '../../tree/json.ts';
import type { Tree } from '../../tree/tree.ts';
import { describeIssue } from '../encoding/messageSchema.ts';
import { changesSchema } from '../watch/watchMessages.ts';
import { withoutAmbient } from './ambient.ts';

/** The most that a result may be nested. */
const deepestResult = 64;

/** A service broke its contract. The message says which of its functions did, how, and where. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
}

/** The outcome of `apply`: what it returned, or what it threw. */
type Outcome<State, Result extends Json> =
  | { readonly applied: Applied<State, Result> }
  | { readonly thrown: unknown };

/**
 * The same service, held to its contract: for development and tests, as it takes a multiple of the time. Arguments are frozen.
 * `apply` runs twice, and must not read a clock, draw a random number, change its arguments or the state, or change the state
 * where `isRead` holds. A state must come back from its checkpoint. A ContractError says what is broken; where `apply` throws it,
 * the operation fails. Throws a TypeError for what is no service at all.
 */
export function checked<State, Operation, Result extends Json>(
  service: Service<State, Operation, Result>,
): Service<State, Operation, Result> {
  const misshapen = shapeProblem(service);
  if (misshapen !== undefined) throw new TypeError(`This is no service: ${misshapen}.`);
  const problem = unkeptState(service, service.initial, 'initial');
  if (problem !== undefined) throw new ContractError(problem);
  return {
    ...service,
    initial: freeze(service.initial),
    validate: (operation) => checkedValidate(service, freeze(operation)),
    apply: (state, operation, predicted) =>
      checkedApply(service, freeze(state), freeze(operation), freeze(predicted)),
    ...optionalMethodsOf(service),
  };
}

function checkedValidate(service: Service, operation: Json): string | undefined {
  const [first, second] = [0, 1].map(() => quiet('validate', operation, () => service.validate(operation)));
  if (first !== undefined && typeof first !== 'string')
    throw new ContractError(
      `validate returned ${shown(first)} for ${shown(operation)}: return a text, or undefined to accept`,
    );
  if (first !== second)
    throw new ContractError(
      `validate says ${shown(first)} to ${shown(operation)}, and then ${shown(second)}`,
    );
  return first;
}

function checkedApply<State, Result extends Json>(
  service: Service<State, unknown, Result>,
  state: State,
  operation: Json,
  predicted: Predicted,
): Applied<State, Result> {
  const before = partsOf(service, state);
  const run = (): Outcome<State, Result> => {
    try {
      return { applied: service.apply(state, operation, predicted) };
    } catch (thrown) {
      return { thrown };
    }
  };
  const outcome = quiet('apply', operation, run);
  const changed = partsProblem(before, partsOf(service, state), 'state');
  if (changed !== undefined) throw broken(operation, `changed the state that it was given: ${changed}`);
  if ('thrown' in outcome) throw outcome.thrown;
  const { applied } = outcome;
  const problem =
    appliedProblem(service, applied) ?? unkept(applied.result, 'result', undefined, deepestResult);
  if (problem !== undefined) throw broken(operation, `cannot be kept: ${problem}`);
  freeze(applied);
  checkRepeats(operation, applied, quiet('apply', operation, run));
  const parts = partsOf(service, applied.state);
  if (isRead(service, operation)) {
    const written = partsProblem(before, parts, 'state');
    if (written !== undefined)
      throw broken(operation, `is a read by isRead, and changes the state: ${written}`);
  }
  checkComesBack(service, operation, applied.state, parts);
  if (service.changes !== undefined) checkChanges(service, operation, applied.result);
  return applied;
}

/** What it tells watches are changes, and none of a read. */
function checkChanges(service: Service, operation: Json, result: Json): void {
  const told = quiet('changes', operation, () => service.changes?.(operation, result));
  const { data, error } = changesSchema.safeParse(told);
  if (error !== undefined)
    throw broken(operation, `has changes that are none: ${describeIssue(error)}. Return a list of changes`);
  if (data.length > 0 && isRead(service, operation))
    throw broken(operation, `is a read by isRead, and tells changes: ${shown(told)}`);
}

/** Applying the operation to the same state again gives the same. */
function checkRepeats<State, Result extends Json>(
  operation: Json,
  applied: Applied<State, Result>,
  again: Outcome<State, Result>,
): void {
  if ('thrown' in again) throw broken(operation, `throws the second time only: ${String(again.thrown)}`);
  const other =
    difference(applied.result, again.applied.result, 'result') ??
    difference(applied.state, again.applied.state, 'state');
  if (other !== undefined)
    throw broken(operation, `gives something else for the same state, operation and prediction: ${other}`);
}

/** The state comes back from its parts, and its parts can be kept. */
function checkComesBack<State>(service: Service<State>, operation: Json, state: State, parts: Tree): void {
  for (const [name, value] of parts) {
    const problem = unkept(value, `the part ${shown(name)}`);
    if (problem !== undefined)
      throw broken(operation, `leaves a state with a part that cannot be kept: ${problem}`);
  }
  const restored = stateOf(service, parts);
  const lost =
    difference(state, restored, 'state', 'and after a checkpoint') ??
    partsProblem(parts, partsOf(service, restored), 'state');
  if (lost !== undefined)
    throw broken(operation, `leaves a state that does not come back from a checkpoint: ${lost}`);
}

function partsProblem(before: Tree, after: Tree, name: string): string | undefined {
  return before.digest === after.digest ? undefined : (difference(before, after, name) ?? `${name} differs`);
}

function isRead(service: Service, operation: Json): boolean {
  return (
    service.isRead !== undefined && quiet('isRead', operation, () => service.isRead?.(operation) === true)
  );
}

/** Does the work, which must read no clock and draw no random number. */
function quiet<Result>(what: string, operation: Json, work: () => Result): Result {
  return withoutAmbient(work, (used) => {
    const instead = 'use predicted.time and predicted.random, which are the same on every replica';
    return new ContractError(`${what}(${shown(operation)}) uses ${used.join(' and ')}: ${instead}`);
  });
}

function broken(operation: Json, what: string): ContractError {
  return new ContractError(`apply(${shown(operation)}) ${what}`);
}
