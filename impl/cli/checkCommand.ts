import { runCommand, UsageError } from '../terminal/arguments.ts';
import { seedFrom, seedOption, wholeNumber } from '../terminal/optionValues.ts';
import { Progress } from '../terminal/terminal.ts';
import { checkService } from '../testing/checkService.ts';
import { type SequentialModel, type ServiceCheck, ServiceCheckError } from '../testing/serviceCheck.ts';
import type { Json } from '../tree/json.ts';
import { loadService, operationsIn } from './loadService.ts';

/** `viewstamped check`: checks that the service in a file keeps its contract. */
export function check(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped check',
      summary:
        'Checks a service with random operations: by itself, and in a simulated group whose replicas crash, are cut off and go on\n' +
        'from checkpoints. The file exports the service, as its default or as `service`. It exports `operations`, an arbitrary of\n' +
        'fast-check, unless the service is defined with a schema that tells JSON Schema, such as one of zod. It may export `model`,\n' +
        'a function that makes a model of a new service: a function from an operation to its result. It needs the package\n' +
        'fast-check: npm install --save-dev fast-check.\n' +
        'Exit codes: 0 the service keeps its contract, 1 it does not, 2 usage, 130 interrupted.',
      options: {
        runs: { type: 'string', value: 'N', default: '100', help: 'how many runs of each kind are tried' },
        seed: seedOption,
      },
      positionals: { value: 'FILE', help: 'the module with the service', atLeast: 1, atMost: 1 },
    },
    async ({ values, positionals: [file = ''] }) => {
      const runs = wholeNumber('--runs', values.runs, { min: 1, max: 1_000_000 });
      const seed = seedFrom(values.seed);
      const { service, exported } = await loadService(file, 'FILE');
      const check = checkIn(file, exported);
      process.stdout.write(`seed ${seed}\n`);
      const run = new ShownRun();
      try {
        const onRun = (done: number, all: number) => run.shown(done, all);
        await checkService(service, { ...check, seed, runs, onRun });
        run.end();
        process.stdout.write(
          `${file} keeps its contract in ${3 * runs} runs, a third of them in a simulated group.\n`,
        );
        return 0;
      } catch (error) {
        run.end();
        if (!(error instanceof ServiceCheckError)) throw error;
        process.stdout.write(`${error.message}\n`);
        return 1;
      }
    },
    argv,
  );
}

/** Shows the runs as they are done. Ctrl-C ends the process, and says how many were done. */
class ShownRun {
  private readonly progress = new Progress();
  private text = 'no run was done yet';
  private readonly interrupt = (): void => {
    this.progress.clear();
    process.stderr.write(`Interrupted: ${this.text}.\n`);
    process.exit(130);
  };

  constructor() {
    process.once('SIGINT', this.interrupt);
  }

  async shown(done: number, all: number): Promise<void> {
    this.text =
      done <= all ? `${done} of ${all} runs are done` : `shortening a run that failed: ${done} runs are done`;
    this.progress.show(() => this.text);
    // A signal is seen between two turns.
    await new Promise((resume) => setImmediate(resume));
  }

  end(): void {
    process.off('SIGINT', this.interrupt);
    this.progress.clear();
  }
}

type Check = ServiceCheck<unknown, Json>;

/** What the module exports beside its service. */
function checkIn(file: string, exported: ReadonlyMap<string, unknown>): Pick<Check, 'operations' | 'model'> {
  const operations = operationsIn(file, exported);
  const model = exported.get('model');
  if (model !== undefined && !isModel(model))
    throw new UsageError(`The export \`model\` of ${file} is no function. Export one that makes a model.`);
  return { ...(operations && { operations }), ...(model && { model }) };
}

function isModel(value: unknown): value is () => SequentialModel<unknown, never> {
  return typeof value === 'function';
}
