import { StaleAblationError } from '../mutants/mutant.ts';
import { BadCounterexample } from '../trace/counterexample.ts';

/** Undefined where a file or an ablation is of no use, which the command says on standard error. */
export async function orComplain<Result>(
  command: string,
  attempt: () => Result | Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof BadCounterexample || error instanceof StaleAblationError)) throw error;
    process.stderr.write(`${command}: ${error.message}\n`);
    return undefined;
  }
}
