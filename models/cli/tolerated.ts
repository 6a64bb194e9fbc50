import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { seedFrom, seedOption, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import type { Harmless } from '../mutants/mutant.ts';
import { harmlessRemovals } from '../mutants/tolerated.ts';
import { replaceFile } from '../mutation/kept.ts';
import { exploreWithout, huntPair, reaches } from '../mutation/tolerated.ts';
import { type HarmlessTrials, harmlessFile } from '../mutation/toleratedRuns.ts';
import { columns, grouped } from './report.ts';

const progress = new Progress();

await runCommand(
  {
    command: 'npm run harmless',
    summary:
      'Takes out, one at a time, the rules that are said to do no harm, and explores every run up to a bound; then takes\n' +
      'out each two of them and hunts. Exit codes: 0 none broke a claim alone, 1 one did, 2 usage.',
    positionals: { value: 'NAME', help: 'only these, and pairs with one of them' },
    options: {
      schedules: {
        type: 'string',
        value: 'N',
        default: '2000',
        help: 'how many schedules each pair is hunted',
      },
      seed: seedOption,
      keep: { type: 'boolean', help: 'keep what came of it in models/mutants/harmless.json' },
    },
  },
  async ({ values, positionals }) => {
    const removals = positionals.length === 0 ? harmlessRemovals : positionals.map(harmlessGiven);
    if (values.keep && positionals.length > 0)
      throw new UsageError('What is kept is what came of all of them.');
    const schedules = wholeNumber('--schedules', values.schedules, { min: 0 });
    const seed = seedFrom(values.seed);
    const interrupted = watchForInterrupt();
    const states = await exploreAll(removals, interrupted);
    if (interrupted()) return 130;
    if (states === undefined) return 1;
    const pairs = schedules === 0 ? undefined : await huntPairs(removals, schedules, seed, interrupted);
    if (interrupted()) return 130;
    if (values.keep && pairs !== undefined) {
      const trials: HarmlessTrials = { format: 'viewstamped-harmless', version: 1, states, pairs };
      replaceFile(harmlessFile, `${JSON.stringify(trials, null, 2)}\n`);
    }
    return 0;
  },
);

/** By name how many states each exploration found; undefined if one of them broke a claim. */
async function exploreAll(
  removals: readonly Harmless[],
  interrupted: () => boolean,
): Promise<Record<string, number[]> | undefined> {
  const all: Record<string, number[]> = {};
  let isHarmless = true;
  for (const removal of removals) {
    const found: number[] = [];
    for (const reach of reaches) {
      const tell = ({ states }: { readonly states: number }) =>
        progress.show(() => `${removal.name}, ${reach.mode}: ${grouped(states)} states`);
      const { states, ending, trace } = await exploreWithout(removal, reach, { tell, interrupted });
      progress.clear();
      if (interrupted()) return undefined;
      found.push(states);
      if (ending === 'exhausted') continue;
      isHarmless = false;
      console.log(`${removal.name} is not harmless, ${reach.mode}: ${trace?.violation.claim ?? ending}.`);
    }
    all[removal.name] = found;
    console.log(`${removal.name}: ${found.map(grouped).join(', ')} states`);
  }
  return isHarmless ? all : undefined;
}

async function huntPairs(
  removals: readonly Harmless[],
  schedules: number,
  seed: number,
  interrupted: () => boolean,
): Promise<HarmlessTrials['pairs']> {
  const rows: (readonly [string, string, string])[] = [];
  const found: HarmlessTrials['pairs']['found'] = [];
  let [tried, incompatible] = [0, 0];
  for (const [index, one] of harmlessRemovals.entries()) {
    for (const other of harmlessRemovals.slice(index + 1)) {
      if (interrupted()) break;
      if (!removals.includes(one) && !removals.includes(other)) continue;
      progress.show(() => `pairs: ${tried} tried, ${found.length} found, ${one.name} and ${other.name}`);
      const outcome = await huntPair(one, other, schedules, seed);
      tried++;
      if (outcome.type === 'incompatible') incompatible++;
      if (outcome.type !== 'found') continue;
      const { claim } = outcome.find.violation;
      found.push({ names: [one.name, other.name], claim });
      rows.push([one.name, other.name, claim]);
    }
  }
  progress.clear();
  const heads = ['one', 'and the other', 'claim broken'];
  if (rows.length > 0) for (const line of columns([heads, ...rows])) console.log(line);
  console.log(
    `${tried} pairs, ${incompatible} of which cannot be taken out together; ${found.length} do harm.`,
  );
  return { tried, incompatible, schedules, found };
}

function harmlessGiven(name: string): Harmless {
  const removal = harmlessRemovals.find((candidate) => candidate.name === name);
  if (removal !== undefined) return removal;
  const names = harmlessRemovals.map((candidate) => candidate.name).join(', ');
  throw new UsageError(`There is no harmless removal '${name}'. There are: ${names}.`);
}
