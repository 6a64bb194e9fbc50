import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { seedFrom, seedOption, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { budgetText } from '../explore/budget/budgetText.ts';
import type { ToleratedMutant } from '../mutants/mutant.ts';
import { toleratedMutants } from '../mutants/tolerated.ts';
import { replaceFile } from '../mutation/files/keptFile.ts';
import {
  type ExploredBounds,
  exploredBounds,
  exploreTolerated,
  huntPair,
} from '../mutation/tolerated/runs.ts';
import { type ToleratedRuns, toleratedFile } from '../mutation/tolerated/runsFile.ts';

const progress = new Progress();

await runCommand(
  {
    command: 'npm run tolerated',
    summary:
      'Explores every run of each tolerated mutant within bounds, then hunts each pair of them.\n' +
      'Exit codes: 0 no mutant broke a property alone, 1 one did, 2 usage.',
    positionals: { value: 'NAME', help: 'only these mutants, and the pairs with one of them (default: all)' },
    options: {
      schedules: {
        type: 'string',
        value: 'N',
        default: '2000',
        help: 'for how many schedules each pair is hunted',
      },
      seed: seedOption,
      keep: { type: 'boolean', help: 'keep the results in models/mutants/tolerated.json' },
    },
  },
  async ({ values, positionals }) => {
    const wanted = positionals.length === 0 ? toleratedMutants : positionals.map(toleratedMutantGiven);
    if (values.keep && positionals.length > 0)
      throw new UsageError(
        '--keep needs the results of all tolerated mutants. Leave the names or --keep out.',
      );
    const schedules = wholeNumber('--schedules', values.schedules, { min: 0 });
    const seed = seedFrom(values.seed);
    const interrupted = watchForInterrupt();
    const states = await exploreAll(wanted, interrupted);
    if (interrupted()) return 130;
    if (states === undefined) return 1;
    const pairs = schedules === 0 ? undefined : await huntPairs(wanted, schedules, seed, interrupted);
    if (interrupted()) return 130;
    if (values.keep && pairs !== undefined) {
      const runs: ToleratedRuns = { format: 'viewstamped-tolerated', version: 1, states, pairs };
      replaceFile(toleratedFile, `${JSON.stringify(runs, null, 2)}\n`);
    }
    return 0;
  },
);

/** The number of states of each exploration, by mutant; undefined if a mutant broke a property. */
async function exploreAll(
  wanted: readonly ToleratedMutant[],
  interrupted: () => boolean,
): Promise<Record<string, number[]> | undefined> {
  const all: Record<string, number[]> = {};
  let isTolerated = true;
  for (const mutant of wanted) {
    const found: number[] = [];
    console.log(`${mutant.name}:`);
    for (const bounds of exploredBounds) {
      const onProgress = ({ states }: { readonly states: number }) =>
        progress.show(() => `${mutant.name}, ${boundsText(bounds)}: ${grouped(states)} states`);
      const { states, ending, trace } = await exploreTolerated(mutant, bounds, {
        onProgress,
        isInterrupted: interrupted,
      });
      progress.clear();
      if (interrupted()) return undefined;
      found.push(states);
      console.log(`  ${boundsText(bounds)}: ${grouped(states)} states`);
      if (ending === 'exhausted') continue;
      isTolerated = false;
      console.log(
        `${mutant.name} is not tolerated, ${boundsText(bounds)}: ${trace?.violation.property ?? ending}.`,
      );
    }
    all[mutant.name] = found;
  }
  return isTolerated ? all : undefined;
}

function boundsText({ mode, budget }: ExploredBounds): string {
  return `${mode}, at most ${budgetText(budget)}`;
}

async function huntPairs(
  wanted: readonly ToleratedMutant[],
  schedules: number,
  seed: number,
  interrupted: () => boolean,
): Promise<ToleratedRuns['pairs']> {
  const rows: (readonly [string, string, string])[] = [];
  const found: ToleratedRuns['pairs']['found'] = [];
  let [tried, incompatible] = [0, 0];
  for (const [index, one] of toleratedMutants.entries()) {
    for (const other of toleratedMutants.slice(index + 1)) {
      if (interrupted()) break;
      if (!wanted.includes(one) && !wanted.includes(other)) continue;
      progress.show(() => `pairs: ${tried} tried, ${found.length} broken, ${one.name} and ${other.name}`);
      const outcome = await huntPair(one, other, schedules, seed);
      tried++;
      if (outcome.type === 'incompatible') incompatible++;
      if (outcome.type !== 'found') continue;
      const { property } = outcome.failure.violation;
      found.push({ names: [one.name, other.name], property });
      rows.push([one.name, other.name, property]);
    }
  }
  progress.clear();
  const heads = ['one', 'other', 'broken property'];
  if (rows.length > 0) for (const line of columns([heads, ...rows])) console.log(line);
  console.log(
    `${tried} pairs, ${incompatible} of which cannot be applied together; ${found.length} broke a property.`,
  );
  return { tried, incompatible, schedules, found };
}

function toleratedMutantGiven(name: string): ToleratedMutant {
  const mutant = toleratedMutants.find((candidate) => candidate.name === name);
  if (mutant !== undefined) return mutant;
  const names = toleratedMutants.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`There is no tolerated mutant '${name}'. There are: ${names}.`);
}
