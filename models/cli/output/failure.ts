import type { Service } from '../../../impl/index.ts';
import { colours, terminalWidth } from '../../../impl/terminal/terminal.ts';
import { ruleChangeNamed } from '../../mutants/catalogue/index.ts';
import { loadImplementation } from '../../mutants/load.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import { replay } from '../../trace/replay.ts';
import { settling } from '../../trace/settling.ts';
import { rowsOf } from '../../trace/views/rows.ts';
import { serving } from '../options/service.ts';

/** A user's service, and the file that it is from. */
export interface ServiceFrom {
  readonly file: string;
  readonly service: Service;
}

/** A new counterexample as lines of text: its rows, its file, and the command that replays it. */
export async function failureLines(
  counterexample: Counterexample,
  path: string,
  from?: ServiceFrom,
): Promise<readonly string[]> {
  const { mutant } = counterexample;
  const loaded = await loadImplementation(mutant === null ? undefined : ruleChangeNamed(mutant));
  const implementation = serving(loaded, from?.service);
  const replayed = replay(implementation, counterexample, settling);
  return [
    ...rowsOf(replayed, { width: terminalWidth(), colours: colours.isColorSupported }),
    '',
    ...fileLines(path, from),
  ];
}

/** The file of a counterexample, and the command that replays it. */
export function fileLines(path: string, from?: ServiceFrom): readonly string[] {
  return [
    `Counterexample: ${path}`,
    `Replay it:      npm run replay -- ${path}${from === undefined ? '' : ` --service ${from.file}`}`,
  ];
}
