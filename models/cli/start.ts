import { runCommand } from '../../impl/terminal/arguments.ts';
import { decimalNumber, outputDirectory, seedFrom, seedOption } from '../../impl/terminal/optionValues.ts';
import { colours, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { allProperties, guaranteesOnly } from '../checking/properties.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import type { Failure } from '../hunt/hunt.ts';
import { scopeOf } from '../hunt/scope.ts';
import { mutantNamed } from '../mutants/catalogue/index.ts';
import { loadImplementation } from '../mutants/load.ts';
import type { SystemUnderTest } from '../runs/runCommands.ts';
import { writeCounterexample } from '../trace/file/counterexampleFile.ts';
import { failureLines, fileLines } from './output/failure.ts';
import { huntWithProgress, outcomeText, type WatchedHunt } from './output/huntProgress.ts';
import { reportLines } from './output/huntReport.ts';

/** The paper's own state transfer, which loses acknowledged requests (VRR §5.2). */
const famous = 'lnv-raised-on-getstate';

await runCommand(
  {
    command: 'npm start',
    summary:
      'Hunts for violations of the implementation, then hunts a mutant with a famous bug and shows its shortest trace.\n' +
      'Exit codes: 0 only the mutant broke a property, 1 the implementation did or the mutant did not, 2 usage, 130 interrupted.',
    options: {
      seconds: {
        type: 'string',
        value: 'S',
        default: '20',
        help: 'how long the implementation is hunted',
      },
      seed: seedOption,
      out: {
        type: 'string',
        value: 'DIR',
        default: 'counterexamples',
        help: 'where counterexamples are written',
      },
    },
  },
  async ({ values }) => {
    const seed = seedFrom(values.seed);
    const seconds = decimalNumber('--seconds', values.seconds, { min: 0.1, max: 86_400 });
    const out = outputDirectory(values.out);
    const interrupted = watchForInterrupt();
    console.log(
      `${colours.bold('1. The implementation as it stands')}, for ${seconds} seconds, seed ${seed}`,
    );
    const system = { implementation: await loadImplementation(undefined), properties: allProperties };
    const first = await watchFor(seconds, system, seed, interrupted);
    for (const line of reportLines(first.hunt, false)) console.log(line);
    const isFound = first.ending.type === 'found';
    console.log(`\n${isFound ? outcomeText(first) : colours.green(outcomeText(first))}`);
    if (first.ending.type === 'found')
      return show(first.ending.failure, null, { ...first, seed, out, code: 1 });
    if (interrupted()) return 130;
    return huntFamousMutant(seed, out, interrupted);
  },
);

async function huntFamousMutant(seed: number, out: string, interrupted: () => boolean): Promise<number> {
  const mutant = mutantNamed(famous);
  console.log(`\n${colours.bold(`2. The same with one rule removed, the mutant ${famous}`)}`);
  console.log(`${mutant.rule} (${mutant.section})`);
  const system = { implementation: await loadImplementation(mutant), properties: guaranteesOnly };
  const watched = await watchFor(60, system, seed, interrupted);
  console.log(outcomeText(watched));
  if (watched.ending.type !== 'found') return interrupted() ? 130 : 1;
  console.log();
  return show(watched.ending.failure, famous, { ...watched, seed, out, code: 0 });
}

function watchFor(
  limit: number,
  system: SystemUnderTest,
  seed: number,
  interrupted: () => boolean,
): Promise<WatchedHunt> {
  const label = (seconds: number) => `${seconds.toFixed(0)} of ${limit} s`;
  const limits = { seconds: limit, runs: Infinity };
  return huntWithProgress({ system, scope: scopeOf({}), seed, limits }, label, interrupted);
}

/** How a failure is shown and kept. */
interface Showing extends Pick<WatchedHunt, 'isInterrupted'> {
  readonly seed: number;
  readonly out: string;
  /** The exit code, if the hunt was not interrupted. */
  readonly code: number;
}

async function show(
  failure: Failure,
  mutant: string | null,
  { seed, out, code, isInterrupted }: Showing,
): Promise<number> {
  const counterexample = counterexampleOf(failure, mutant, seed);
  const path = writeCounterexample(out, counterexample);
  // A trace that is not shrunk has hundreds of rows.
  const lines = isInterrupted ? fileLines(path) : await failureLines(counterexample, path);
  for (const line of lines) console.log(line);
  return isInterrupted ? 130 : code;
}
