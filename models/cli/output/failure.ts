import { colours, terminalWidth } from '../../../impl/terminal/terminal.ts';
import { ruleChangeNamed } from '../../mutants/catalogue/index.ts';
import type { Counterexample } from '../../trace/counterexample.ts';
import { replay } from '../../trace/replay.ts';
import { settling } from '../../trace/settling.ts';
import { rowsOf } from '../../trace/views/rows.ts';
import { loadServing, type ServiceFrom } from '../options/service.ts';

/** A new counterexample as lines of text: its rows, its file, and the command that replays it. */
export async function failureLines(
  counterexample: Counterexample,
  path: string,
  from?: ServiceFrom,
): Promise<readonly string[]> {
  const { mutant } = counterexample;
  const implementation = await loadServing(mutant === null ? undefined : ruleChangeNamed(mutant), from);
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
