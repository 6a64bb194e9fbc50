import { UsageError } from '../../../impl/terminal/arguments.ts';
import { shellMutants } from '../../room/mutants/index.ts';
import { readRoomTrace } from '../../room/roomTrace.ts';
import { minimalText, toldRun } from '../../room/rows.ts';
import { shellWith } from '../../room/shell.ts';

/**
 * Replays a trace of the machine room with the mutant that it names, or with `override`, and prints what happens. Returns the exit
 * code: 0 if the recorded property is broken, 1 if not.
 */
export async function replayRoomTrace(file: string, override: string | undefined): Promise<number> {
  const { mutant, violation, minimal, digest, plan } = readRoomTrace(file, override !== undefined);
  const name = override ?? mutant ?? 'none';
  const { report, lines } = await toldRun(plan, await shellGiven(name));
  console.log(`The machine room; ${name === 'none' ? 'the shell as it is' : `the mutant ${name}`}.`);
  for (const line of lines) console.log(line);
  if (report.violations.length === 0) console.log('No property is broken.');
  const isBroken = report.violations.some(({ property }) => property === violation.property);
  console.log('');
  if (report.digest === digest) console.log('The run is the recorded one, event by event.');
  else console.log('The run is not the recorded one, event by event: the code, or the mutant, is another.');
  if (isBroken && report.digest === digest && minimal) console.log(minimalText(plan));
  if (!isBroken) console.log(`The recorded property, ${violation.property}, is not broken.`);
  return isBroken ? 0 : 1;
}

async function shellGiven(name: string) {
  if (name === 'none') return undefined;
  const mutant = shellMutants.find((one) => one.name === name);
  if (mutant !== undefined) return shellWith(mutant.name, mutant.edits);
  throw new UsageError(`There is no mutant '${name}' of the shell. npm run room -- --list names them.`);
}
