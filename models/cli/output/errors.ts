import { StaleMutantError } from '../../mutants/mutant.ts';
import { BadCounterexample } from '../../trace/file/counterexampleFile.ts';

/** Undefined where a file or a mutant is of no use, which the command says on standard error. */
export async function orReportError<Result>(
  command: string,
  attempt: () => Result | Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof BadCounterexample || error instanceof StaleMutantError)) throw error;
    process.stderr.write(`${command}: ${error.message}\n`);
    return undefined;
  }
}
