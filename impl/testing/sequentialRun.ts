import type { Arbitrary } from 'fast-check';
import { checked } from '../node/development/checked.ts';
import { difference, shown } from '../service/difference.ts';
import type { Predicted } from '../service/service.ts';
import type { Json } from '../tree/json.ts';
import { arriving } from './jsonOf.ts';
import {
  type CheckedRun,
  type Drawing,
  Finding,
  type SequentialModel,
  type ServiceCheck,
} from './serviceCheck.ts';

/** One operation, and how the prediction for it differs from the one before. */
export interface SequentialStep<Operation> {
  readonly operation: Operation;
  /** Milliseconds. */
  readonly later: number;
  readonly random: number;
}

/** Operations one after the other. */
export function sequentialSteps<Operation>(
  fc: Drawing,
  operations: Arbitrary<Operation>,
): Arbitrary<readonly SequentialStep<Operation>[]> {
  const step = fc.record({
    operation: operations,
    later: fc.oneof(fc.constant(0), fc.nat(100), fc.nat(100_000)),
    random: fc.nat(2 ** 32 - 1),
  });
  return fc.array(step, { maxLength: 20, size: 'max' });
}

/** Applies the operations that the service accepts, each to the state that the one before has left. Yields how many these are. */
export function runSequentially<State, Operation, Result extends Json>(
  { service, check }: CheckedRun<State, Operation, Result>,
  steps: readonly SequentialStep<Operation>[],
): number {
  const held = checked(service);
  const model = check.model?.();
  let state = held.initial;
  let time = 0;
  let accepted = 0;
  for (const { operation, later, random } of steps) {
    time += later;
    const predicted: Predicted = { time, random };
    const json = arriving(operation);
    if (objection(held, json) !== undefined) continue;
    accepted++;
    const applied = throwing(`apply(${shown(json)})`, () => held.apply(state, json, predicted));
    state = applied.state;
    compareResult(check, model, operation, json, predicted, applied.result);
  }
  return accepted;
}

/** What `validate` says to a value, which may be any JSON. */
export function objection(
  service: { validate(operation: Json): string | undefined },
  value: Json,
): string | undefined {
  return throwing(`validate(${shown(value)})`, () => service.validate(value));
}

/** The result is one by the description of results, and the model's. */
export function compareResult<Operation, Result extends Json>(
  { results }: ServiceCheck<Operation, Result>,
  model: SequentialModel<Operation, Result> | undefined,
  operation: Operation,
  json: Json,
  predicted: Predicted,
  result: Json,
): void {
  const validated = results?.['~standard'].validate(result);
  if (validated !== undefined && 'issues' in validated && validated.issues !== undefined)
    throw new Finding(
      `apply(${shown(json)}) gives a result that does not fit its description: ${validated.issues[0]?.message}`,
    );
  if (model === undefined) return;
  const differs = difference(
    model(operation, predicted),
    result,
    'result',
    'by the model, and by the service',
  );
  if (differs !== undefined) throw new Finding(`apply(${shown(json)}) differs from the model: ${differs}`);
}

/** Does the work of a service. What it throws is a finding. */
function throwing<Value>(what: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && error.name === 'ContractError') throw new Finding(error.message);
    throw new Finding(`${what} throws ${String(error)}`);
  }
}
