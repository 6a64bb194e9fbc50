import type { Arbitrary } from 'fast-check';
import type { Output } from '../replica/data/outputs.ts';
import { describeReason } from '../replica/data/reasons.ts';
import { difference, shown } from '../service/difference.ts';
import { partsOf } from '../service/parts.ts';
import type { Predicted } from '../service/service.ts';
import type { Json } from '../tree/json.ts';
import { arriving } from './jsonOf.ts';
import { compareResult } from './sequentialRun.ts';
import { type CheckedRun, type Drawing, Finding } from './serviceCheck.ts';
import { type SimulatedGroup, simulatedGroup } from './simulatedGroup.ts';

/** What happens to a simulated group. */
export type SimulatedStep<Operation> =
  | { readonly type: 'request'; readonly client: number; readonly operation: Operation }
  | { readonly type: 'wait'; readonly milliseconds: number }
  | { readonly type: 'crash' | 'restart' | 'cut' | 'heal'; readonly replica: number };

/** A seed for the delays, and what happens. */
export interface Simulation<Operation> {
  readonly delays: number;
  readonly steps: readonly SimulatedStep<Operation>[];
}

const replicas = 3;
/** Entries between two checkpoints: so few that replicas often go on from one. */
const checkpointEvery = 2;
/** Milliseconds of virtual time: far more than a group needs to answer, or to catch up, once it is whole. */
const deadline = 120_000;
const catchUp = 20_000;

/** Simulations of requests of two clients, and faults. */
export function simulations<Operation>(
  fc: Drawing,
  operations: Arbitrary<Operation>,
): Arbitrary<Simulation<Operation>> {
  const replica = fc.nat(replicas - 1);
  const fault = (type: 'crash' | 'restart' | 'cut' | 'heal') =>
    fc.record({ type: fc.constant(type), replica });
  const step: Arbitrary<SimulatedStep<Operation>> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant('request'), client: fc.nat(1), operation: operations }),
    },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('wait'), milliseconds: fc.nat(400) }) },
    ...(['crash', 'restart', 'cut', 'heal'] as const).map((type) => ({ weight: 1, arbitrary: fault(type) })),
  );
  return fc.record({ delays: fc.nat(), steps: fc.array(step, { maxLength: 30, size: 'max' }) });
}

/** An entry that replicas have executed. */
interface Executed {
  readonly operation: Json;
  readonly predicted: Predicted;
  readonly result: Json;
}

/** Lets the simulation happen, makes the group whole again, and compares what all replicas did with the service by itself. */
export async function runSimulated<State, Operation, Result extends Json>(
  run: CheckedRun<State, Operation, Result>,
  { delays, steps }: Simulation<Operation>,
): Promise<void> {
  const { service } = run;
  const executed = new Map<number, Executed>();
  const operations = new Map<string, Operation>();
  let finding: string | undefined;
  const group = simulatedGroup<State, unknown, Result>({
    service,
    replicas,
    seed: delays,
    checkpointEvery,
    onOutputs: (replica, outputs) => {
      for (const output of outputs) finding ??= findingIn(replica, output, executed);
    },
  });
  const requests: Promise<unknown>[] = [];
  for (const step of steps) {
    if (step.type === 'wait') await group.advance(step.milliseconds);
    else if (step.type === 'request') {
      const json = arriving(step.operation);
      if (service.validate(json) !== undefined) continue;
      operations.set(JSON.stringify(json), step.operation);
      requests.push(outcomeOf(group.request(json, { deadline, client: `client ${step.client}` })));
    } else group[step.type](step.replica);
    if (finding !== undefined) throw new Finding(finding);
  }
  await makeWhole(group);
  const outcomes = await group.run(() => Promise.all(requests), 2 * deadline);
  await group.advance(catchUp);
  const problem = finding ?? outcomes.find((outcome) => typeof outcome === 'string');
  if (problem !== undefined) throw new Finding(String(problem));
  compare(run, group, executed, operations);
}

async function makeWhole(group: SimulatedGroup<never, Json>): Promise<void> {
  group.heal();
  for (let number = 0; number < replicas; number++) group.restart(number);
}

/** Undefined once it is answered, or why it was not. */
function outcomeOf(request: Promise<unknown>): Promise<string | undefined> {
  return request.then(
    () => undefined,
    (error: unknown) => `A request rejects with ${String(error)}`,
  );
}

/** What an output says against the service. What was executed is noted, and compared with what others executed. */
function findingIn(replica: number, output: Output, executed: Map<number, Executed>): string | undefined {
  switch (output.type) {
    case 'failed':
      return `At replica ${replica}, ${shown(output.request.operation)} fails: ${output.problem}`;
    case 'alarm':
      return `Replica ${replica} raises an alarm: ${describeReason(output.reason)}`;
    case 'halt':
      return `Replica ${replica} stops for good: ${describeReason(output.reason)}`;
    case 'executed': {
      const { opNumber, request, result } = output;
      const { operation, predicted } = request;
      const before = executed.get(opNumber);
      if (before === undefined) executed.set(opNumber, { operation, predicted, result });
      const differs = before && difference(before.result, result, 'result', `and at replica ${replica}`);
      return differs && `apply(${shown(operation)}) gives replicas different results: ${differs}`;
    }
    default:
      return undefined;
  }
}

/** The results are those of the service by itself, and of the model, and all replicas have the state that these lead to. */
function compare<State, Operation, Result extends Json>(
  { service, check }: CheckedRun<State, Operation, Result>,
  group: SimulatedGroup<unknown, Result>,
  executed: ReadonlyMap<number, Executed>,
  operations: ReadonlyMap<string, Operation>,
): void {
  const model = check.model?.();
  let state = service.initial;
  for (const [, { operation, predicted, result }] of [...executed].sort(([one], [other]) => one - other)) {
    const applied = service.apply(state, operation, predicted);
    state = applied.state;
    const differs = difference(applied.result, result, 'result', 'and in a group with faults');
    if (differs !== undefined) throw new Finding(`apply(${shown(operation)}) depends on faults: ${differs}`);
    const typed = operations.get(JSON.stringify(operation));
    if (typed !== undefined) compareResult(check, model, typed, operation, predicted, result);
  }
  const parts = partsOf(service, state);
  for (let number = 0; number < replicas; number++) {
    const own = partsOf(service, group.replica(number)?.serviceState);
    if (own.digest === parts.digest) continue;
    const differs = difference(
      state,
      group.replica(number)?.serviceState,
      'state',
      `and at replica ${number}`,
    );
    throw new Finding(`The state depends on faults: ${differs ?? 'the snapshots differ'}`);
  }
}

/** The step on one line. */
export function stepText<Operation>(step: SimulatedStep<Operation>): string {
  switch (step.type) {
    case 'request':
      return `client ${step.client} requests ${shown(arriving(step.operation))}`;
    case 'wait':
      return `${step.milliseconds} ms pass`;
    case 'cut':
      return `replica ${step.replica} is cut off`;
    case 'heal':
      return `replica ${step.replica} is connected again`;
    default:
      return `replica ${step.replica} ${step.type}s`;
  }
}
