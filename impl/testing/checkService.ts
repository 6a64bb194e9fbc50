import type { Arbitrary, RunDetails } from 'fast-check';
import { SetupError } from '../node/cluster/setupError.ts';
import { checked } from '../node/development/checked.ts';
import { kindOf } from '../service/applied.ts';
import { shapeProblem } from '../service/definition.ts';
import { shown } from '../service/difference.ts';
import type { Service } from '../service/service.ts';
import type { Json } from '../tree/json.ts';
import { isArbitrary, loadFastCheck } from './fastCheck.ts';
import { arriving } from './jsonOf.ts';
import { arbitraryOfSchema } from './schemaArbitrary.ts';
import { objection, runSequentially, sequentialSteps } from './sequentialRun.ts';
import { type CheckedRun, type Drawing, type ServiceCheck, ServiceCheckError } from './serviceCheck.ts';
import { runSimulated, simulations, stepText } from './simulatedRun.ts';

const usualRuns = 100;

/**
 * Checks that a service keeps its contract, with random operations: by itself, and in a simulated group in which replicas crash,
 * are cut off, change views and go on from checkpoints. `apply` must be deterministic, pure, and not throw; states must come back
 * from checkpoints; results must be JSON, and those of the model if there is one; reads must change nothing; `validate` must not
 * throw at any JSON value.
 *
 * Rejects with a ServiceCheckError that holds the shortest run that was found. Rejects with a TypeError if it is called wrongly, and
 * with a SetupError without the package fast-check, or if neither the schema of the service nor `check` tells the operations. It
 * needs no test framework.
 */
export function checkService<State, Operation, Result extends Json>(
  service: Service<State, Operation, Result>,
  check?: ServiceCheck<Operation, Result>,
): Promise<void>;
export async function checkService(service: Service, check: ServiceCheck<unknown, Json> = {}): Promise<void> {
  const problem = callProblem(service, check);
  if (problem !== undefined) throw new TypeError(`checkService: ${problem}`);
  const fc = await loadFastCheck();
  const operations = check.operations ?? drawnFromSchema(fc, service);
  const run: CheckedRun<unknown, unknown, Json> = { service, check };
  const { runs = usualRuns, onRun } = check;
  const parameters = { numRuns: runs, ...(check.seed === undefined ? {} : { seed: check.seed }) };
  let done = 0;
  const count = (): unknown => onRun?.(++done, 3 * runs);
  let accepted = 0;

  const held = checkedFrom(service, check.seed ?? 0, runs);
  const values = fc.asyncProperty(fc.jsonValue(), async (value) => {
    objection(held, arriving(value));
    await count();
  });
  report(await fc.check(values, parameters), ([value]) => [`validate(${shown(value)})`]);

  const alone = fc.asyncProperty(sequentialSteps(fc, operations), async (steps) => {
    accepted += runSequentially(run, steps);
    await count();
  });
  report(await fc.check(alone, parameters), ([steps]) =>
    steps.map(({ operation }) => shown(arriving(operation))),
  );
  if (accepted === 0)
    throw new ServiceCheckError(
      'validate accepts none of the operations that were drawn.',
      [],
      check.seed ?? 0,
      runs,
    );

  const grouped = fc.asyncProperty(simulations(fc, operations), async (simulation) => {
    await runSimulated(run, simulation);
    await count();
  });
  report(await fc.check(grouped, parameters), ([{ steps }]) => steps.map(stepText));
}

/** The service, held to its contract. Throws a ServiceCheckError if its initial state already breaks it. */
function checkedFrom<S extends Service>(service: S, seed: number, runs: number): Service {
  try {
    return checked(service);
  } catch (error) {
    throw new ServiceCheckError(error instanceof Error ? error.message : String(error), [], seed, runs);
  }
}

/** Throws a ServiceCheckError if a run found something. */
function report<Values>(details: RunDetails<Values>, textsOf: (values: Values) => readonly string[]): void {
  const { failed, counterexample, errorInstance, seed } = details;
  if (!failed || counterexample === null) return;
  const finding = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  throw new ServiceCheckError(
    finding,
    textsOf(counterexample),
    seed,
    details.runConfiguration.numRuns ?? usualRuns,
  );
}

/** What is wrong with the arguments, in a sentence. They may come from JavaScript. */
function callProblem(service: unknown, check: unknown): string | undefined {
  const misshapen = shapeProblem(service);
  if (misshapen !== undefined) return `its first argument is no service: ${misshapen}.`;
  if (isArbitrary(check)) return 'give the operations by name: checkService(service, { operations }).';
  if (typeof check !== 'object' || check === null)
    return `its second argument is ${kindOf(check)}: write { operations, model, results, seed, runs }, or leave it out.`;
  const { operations, model, seed, runs }: Record<string, unknown> = { ...check };
  if (operations !== undefined && !isArbitrary(operations))
    return `operations is ${kindOf(operations)}: give an arbitrary of fast-check, such as fc.nat(9).`;
  if (model !== undefined && typeof model !== 'function')
    return `model is ${kindOf(model)}: give a function that makes a model.`;
  if (seed !== undefined && !Number.isInteger(seed)) return 'seed is no whole number.';
  if (runs !== undefined && !(Number.isInteger(runs) && Number(runs) > 0))
    return 'runs is no whole number from 1.';
  return undefined;
}

/** What draws the operations that the schema of the service describes. Throws a SetupError if it does not tell them. */
export function drawnFromSchema(fc: Drawing, { schema }: Service): Arbitrary<unknown> {
  const made = schema === undefined ? 'it was defined without a schema' : arbitraryOfSchema(fc, schema);
  if (typeof made !== 'string') return made;
  throw new SetupError(
    `The operations of the service are not known: ${made}. Give \`operations\`, an arbitrary of fast-check that draws them, such as fc.nat(9). A file exports it.`,
  );
}
