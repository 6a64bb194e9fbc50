import type { Arbitrary, RunDetails } from 'fast-check';
import { checked } from '../node/development/checked.ts';
import { shown } from '../service/difference.ts';
import type { Service } from '../service/service.ts';
import type { Json } from '../tree/json.ts';
import { arriving } from './jsonOf.ts';
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
 * Rejects with a ServiceCheckError that holds the shortest run that was found. It needs the package fast-check, and no test
 * framework.
 */
export async function checkService<State, Operation, Result extends Json>(
  service: Service<State, Operation, Result>,
  operations: Arbitrary<Operation>,
  check: ServiceCheck<Operation, Result> = {},
): Promise<void> {
  const fc = await drawing();
  const run: CheckedRun<State, Operation, Result> = { service, check };
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

async function drawing(): Promise<Drawing> {
  try {
    const { default: fc } = await import('fast-check');
    return fc;
  } catch (cause) {
    throw new Error(
      'checkService draws with fast-check, which is not there: run npm install --save-dev fast-check.',
      {
        cause,
      },
    );
  }
}
