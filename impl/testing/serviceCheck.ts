import type * as FastCheck from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type { Schema } from '../service/schema.ts';
import type { Predicted, Service } from '../service/service.ts';
import type { Json } from '../tree/json.ts';

/** The library that draws and shrinks. It is loaded when a service is checked, so that nothing else needs it. */
export type Drawing = typeof FastCheck.default;

/** What a sequential model of the service does with an operation: yields its result, and keeps a state of its own. */
export type SequentialModel<Operation, Result> = (operation: Operation, predicted: Predicted) => Result;

/** What is checked, and how long. */
export interface ServiceCheck<Operation, Result extends Json> {
  /** Draws the operations. By default they are drawn from the schema with which the service was defined. */
  readonly operations?: Arbitrary<Operation>;
  /** Makes a model of a new service, to whose results those of the service must be equal. */
  readonly model?: () => SequentialModel<Operation, Result>;
  /** Describes the results. By default any JSON value is one. */
  readonly results?: Schema<Result>;
  /** Repeats an earlier check. By default fast-check chooses, as its configuration says. */
  readonly seed?: number;
  /** How many runs of each kind are tried: of the service by itself, and of a simulated group. 100 by default. */
  readonly runs?: number;
  /** Called after each run. The next one waits until it is done. */
  readonly onRun?: (done: number, all: number) => unknown;
}

/** A service and its check, as each kind of run sees them. */
export interface CheckedRun<State, Operation, Result extends Json> {
  readonly service: Service<State, Operation, Result>;
  readonly check: ServiceCheck<Operation, Result>;
}

/** What a run found out about the service. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** A service does not keep its contract. The message has the shortest run that was found, and how to repeat it. */
export class ServiceCheckError extends Error {
  override readonly name = 'ServiceCheckError';
  /** Repeats the check, with as many runs. */
  readonly seed: number;

  constructor(finding: string, steps: readonly string[], seed: number, runs: number) {
    const width = String(steps.length).length;
    const lines = steps.map((step, index) => `  ${String(index + 1).padStart(width)}  ${step}`);
    const found = lines.length === 0 ? '' : `Shortest run that was found:\n${lines.join('\n')}\n\n`;
    super(
      `The service does not keep its contract.\n\n  ${finding}\n\n${found}Repeat it with seed ${seed} and ${runs} runs.`,
    );
    this.seed = seed;
  }
}
