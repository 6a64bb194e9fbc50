import { StaleMutantError } from '../../mutants/mutant.ts';
import { BadCounterexample } from '../../trace/file/counterexampleFile.ts';

/** Runs an attempt. Where a counterexample file or a mutant is unusable, reports that on standard error and returns undefined. */
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
