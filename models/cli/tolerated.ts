import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { seedFrom, seedOption, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import type { ToleratedMutant } from '../mutants/mutant.ts';
import { toleratedMutants } from '../mutants/tolerated.ts';
import { replaceFile } from '../mutation/files/keptFile.ts';
import { exploredBounds, exploreWithout, huntPair } from '../mutation/tolerated/runs.ts';
import { type ToleratedRuns, toleratedFile } from '../mutation/tolerated/runsFile.ts';

const progress = new Progress();

await runCommand(
  {
    command: 'npm run tolerated',
    summary:
      'Takes out, one at a time, the rules that are said to do no harm, and explores every run up to a bound; then takes\n' +
      'out each two of them and hunts. Exit codes: 0 none broke a property alone, 1 one did, 2 usage.',
    positionals: { value: 'NAME', help: 'only these, and pairs with one of them' },
    options: {
      schedules: {
        type: 'string',
        value: 'N',
        default: '2000',
        help: 'how many schedules each pair is hunted',
      },
      seed: seedOption,
      keep: { type: 'boolean', help: 'keep what came of it in models/mutants/tolerated.json' },
    },
  },
  async ({ values, positionals }) => {
    const ruleChanges = positionals.length === 0 ? toleratedMutants : positionals.map(toleratedGiven);
    if (values.keep && positionals.length > 0)
      throw new UsageError('What is kept is what came of all of them.');
    const schedules = wholeNumber('--schedules', values.schedules, { min: 0 });
    const seed = seedFrom(values.seed);
    const interrupted = watchForInterrupt();
    const states = await exploreAll(ruleChanges, interrupted);
    if (interrupted()) return 130;
    if (states === undefined) return 1;
    const pairs = schedules === 0 ? undefined : await huntPairs(ruleChanges, schedules, seed, interrupted);
    if (interrupted()) return 130;
    if (values.keep && pairs !== undefined) {
      const runs: ToleratedRuns = { format: 'viewstamped-tolerated', version: 1, states, pairs };
      replaceFile(toleratedFile, `${JSON.stringify(runs, null, 2)}\n`);
    }
    return 0;
  },
);

/** By name how many states each exploration found; undefined if one of them broke a property. */
async function exploreAll(
  ruleChanges: readonly ToleratedMutant[],
  interrupted: () => boolean,
): Promise<Record<string, number[]> | undefined> {
  const all: Record<string, number[]> = {};
  let isTolerated = true;
  for (const ruleChange of ruleChanges) {
    const found: number[] = [];
    for (const reach of exploredBounds) {
      const tell = ({ states }: { readonly states: number }) =>
        progress.show(() => `${ruleChange.name}, ${reach.mode}: ${grouped(states)} states`);
      const { states, ending, trace } = await exploreWithout(ruleChange, reach, {
        onProgress: tell,
        isInterrupted: interrupted,
      });
      progress.clear();
      if (interrupted()) return undefined;
      found.push(states);
      if (ending === 'exhausted') continue;
      isTolerated = false;
      console.log(
        `${ruleChange.name} is not tolerated, ${reach.mode}: ${trace?.violation.property ?? ending}.`,
      );
    }
    all[ruleChange.name] = found;
    console.log(`${ruleChange.name}: ${found.map(grouped).join(', ')} states`);
  }
  return isTolerated ? all : undefined;
}

async function huntPairs(
  ruleChanges: readonly ToleratedMutant[],
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
      if (!ruleChanges.includes(one) && !ruleChanges.includes(other)) continue;
      progress.show(() => `pairs: ${tried} tried, ${found.length} found, ${one.name} and ${other.name}`);
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
  const heads = ['one', 'and the other', 'property broken'];
  if (rows.length > 0) for (const line of columns([heads, ...rows])) console.log(line);
  console.log(
    `${tried} pairs, ${incompatible} of which cannot be taken out together; ${found.length} do harm.`,
  );
  return { tried, incompatible, schedules, found };
}

function toleratedGiven(name: string): ToleratedMutant {
  const ruleChange = toleratedMutants.find((candidate) => candidate.name === name);
  if (ruleChange !== undefined) return ruleChange;
  const names = toleratedMutants.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`There is no tolerated rule change '${name}'. There are: ${names}.`);
}
