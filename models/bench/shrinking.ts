import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns } from '../../impl/terminal/columns.ts';
import { decimalNumber, seedFrom, seedOption } from '../../impl/terminal/optionValues.ts';
import { Progress } from '../../impl/terminal/terminal.ts';
import { allProperties } from '../checking/properties.ts';
import { ruleChangeGiven } from '../cli/options/mutants.ts';
import { Hunt } from '../hunt/hunt.ts';
import { runHunt } from '../hunt/runHunt.ts';
import { scopeOf } from '../hunt/scope.ts';
import { mutantNamed } from '../mutants/catalogue/index.ts';
import { loadImplementation } from '../mutants/load.ts';
import { type ShortestRun, shortestRuns } from '../mutants/shortest.ts';
import { median } from '../quantile.ts';
import { stepsOf } from '../trace/steps.ts';

await runCommand(
  {
    command: 'npm run bench:shrink',
    summary:
      'Hunts each mutant whose shortest run is known, shrinks the failure, and compares the lengths.\n' +
      'Takes some minutes. Given names of mutants, it tries only these.',
    positionals: { value: 'MUTANT', help: 'a mutant whose shortest run is known' },
    options: {
      seconds: { type: 'string', value: 'S', default: '60', help: 'how long to hunt one mutant' },
      seed: seedOption,
    },
  },
  async ({ values, positionals: names }) => {
    const seed = seedFrom(values.seed);
    const seconds = decimalNumber('--seconds', values.seconds, { min: 1 });
    const wanted = names.length === 0 ? shortestRuns : names.map(shortestOf);
    console.log(`seed ${seed}`);
    const progress = new Progress();
    const rows: Row[] = [];
    for (const shortest of wanted) {
      progress.show(() => `${shortest.mutant} (${rows.length + 1} of ${wanted.length})`);
      rows.push({ shortest, hunted: await huntedSteps(shortest, seconds, seed) });
    }
    progress.clear();
    for (const line of table(rows)) console.log(line);
    return 0;
  },
);

function shortestOf(name: string): ShortestRun {
  const { name: mutant } = ruleChangeGiven(name);
  const shortest = shortestRuns.find((one) => one.mutant === mutant);
  if (shortest === undefined) throw new UsageError(`The shortest run of '${mutant}' is not known.`);
  return shortest;
}

interface Row {
  readonly shortest: ShortestRun;
  /** The number of steps of the hunt's shrunk run, or undefined if the hunt found no failure. */
  readonly hunted: number | undefined;
}

async function huntedSteps(
  { mutant }: ShortestRun,
  seconds: number,
  seed: number,
): Promise<number | undefined> {
  const implementation = await loadImplementation(mutantNamed(mutant));
  const hunt = new Hunt({ implementation, properties: allProperties }, scopeOf({}), seed);
  const ending = await runHunt(
    hunt,
    { seconds, runs: Number.POSITIVE_INFINITY },
    () => {},
    () => false,
  );
  return ending.type === 'found' ? stepsOf(hunt.shortened(ending.failure).records) : undefined;
}

function table(rows: readonly Row[]): readonly string[] {
  const ratios = rows.flatMap(({ shortest, hunted }) =>
    hunted === undefined ? [] : [hunted / shortest.steps],
  );
  const [middle, worst] = ratios.length === 0 ? [0, 0] : [median(ratios), Math.max(...ratios)];
  return [
    ...columns([
      ['mutant', 'shortest', 'hunted', 'ratio'],
      ...rows.map(({ shortest: { mutant, steps }, hunted }) => [
        mutant,
        String(steps),
        hunted === undefined ? 'not found' : String(hunted),
        hunted === undefined ? '' : (hunted / steps).toFixed(2),
      ]),
    ]),
    '',
    `${ratios.length} of ${rows.length} were found. Median ratio ${middle.toFixed(2)}, worst ${worst.toFixed(2)}.`,
  ];
}
