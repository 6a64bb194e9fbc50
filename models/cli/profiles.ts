import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { seedFrom, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { besideProtocol } from '../checking/properties.ts';
import { mutants } from '../mutants/catalogue/index.ts';
import { loadImplementation } from '../mutants/load.ts';
import type { Mutant } from '../mutants/mutant.ts';
import {
  chosenFaultProfiles,
  geometricMean,
  type HuntEffort,
  type HuntYield,
  huntBy,
  rateOf,
} from '../mutation/faultProfiles.ts';
import type { SystemUnderTest } from '../runs/runCommands.ts';
import { type FaultProfile, faultProfiles } from '../runs/schedules/faultProfile.ts';
import { mutantGiven } from './options/mutants.ts';

/** Thrown to stop after Ctrl-C. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const progress = new Progress();
const interrupted = watchForInterrupt();
const subjects = new Map<Mutant, SystemUnderTest>();

await runCommand(
  {
    command: 'npm run profiles',
    summary:
      'Shows whether the fault profiles catch mutants in general, or only those on which they were tuned. It divides the\n' +
      'mutants in two halves, every other one. For each half it chooses the profiles that catch it soonest, by hunting with\n' +
      'each profile alone. Then it hunts both halves by each choice, and by all profiles. The same seed gives the same\n' +
      'figures. Exit codes: 0 done, 2 usage.',
    positionals: { value: 'MUTANT', help: 'the mutants to divide, at least two (default: all)' },
    options: {
      seed: { type: 'string', value: 'N', default: '1', help: 'the first seed; the others follow it' },
      seeds: { type: 'string', value: 'N', default: '2', help: 'with how many seeds each is hunted' },
      events: {
        type: 'string',
        value: 'N',
        default: '200000',
        help: 'after how many events a hunt gives up',
      },
    },
  },
  async ({ values, positionals }) => {
    const first = seedFrom(values.seed);
    const count = wholeNumber('--seeds', values.seeds, { min: 1, max: 1000 });
    const spending: HuntEffort = {
      seeds: Array.from({ length: count }, (_, index) => first + index),
      events: wholeNumber('--events', values.events, { min: 1 }),
    };
    const wanted = positionals.length === 0 ? mutants : [...new Set(positionals.map(mutantGiven))];
    if (wanted.length < 2) throw new UsageError('One mutant cannot be divided. Name at least two.');
    try {
      await compare(halvesOf(wanted), spending);
      return 0;
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      return 130;
    } finally {
      progress.clear();
    }
  },
);

type Halves = readonly (readonly Mutant[])[];

function halvesOf(wanted: readonly Mutant[]): Halves {
  return [0, 1].map((half) => wanted.filter((_, index) => index % 2 === half));
}

async function compare(halves: Halves, spending: HuntEffort): Promise<void> {
  console.log(
    `${halves.map(({ length }) => length).join(' and ')} mutants, with ${spending.seeds.length} ${spending.seeds.length === 1 ? 'seed' : 'seeds'} each.`,
  );
  const choices: [string, readonly FaultProfile[]][] = [];
  for (const [index, half] of halves.entries()) {
    const chosen = await choiceFor(half, spending);
    choices.push([`chosen on half ${index + 1}`, chosen]);
    progress.clear();
    console.log(`Chosen on half ${index + 1}: ${chosen.map(({ name }) => name).join(', ')}.`);
  }
  const rows: string[][] = [];
  for (const [name, choice] of [...choices, ['all', faultProfiles] as const]) {
    const row = [name];
    for (const half of halves) row.push(...(await cellsFor(half, choice, spending)));
    rows.push(row);
  }
  progress.clear();
  const heads = ['profiles', 'half 1: caught', 'events for one', 'half 2: caught', 'events for one'];
  for (const line of columns([heads, ...rows])) console.log(line);
}

/** The fault profiles that catch these mutants soonest. */
async function choiceFor(half: readonly Mutant[], spending: HuntEffort): Promise<readonly FaultProfile[]> {
  const matrix: HuntYield[][] = [];
  for (const mutant of half) {
    const yields: HuntYield[] = [];
    for (const faultProfile of faultProfiles) yields.push(await hunted(mutant, [faultProfile], spending));
    matrix.push(yields);
  }
  return chosenFaultProfiles(matrix).flatMap((place) => faultProfiles[place] ?? []);
}

/** How many of the hunts by these fault profiles catch their mutant, and the events for one, as a geometric mean. */
async function cellsFor(
  half: readonly Mutant[],
  choice: readonly FaultProfile[],
  spending: HuntEffort,
): Promise<readonly string[]> {
  const yields: HuntYield[] = [];
  for (const mutant of half) yields.push(await hunted(mutant, choice, spending));
  const caught = yields.reduce((sum, one) => sum + one.caught, 0);
  const events = geometricMean(yields.map((one) => 1 / rateOf(one)));
  return [`${caught} of ${half.length * spending.seeds.length}`, grouped(Math.round(events))];
}

async function subjectOf(mutant: Mutant): Promise<SystemUnderTest> {
  const known = subjects.get(mutant);
  if (known !== undefined) return known;
  const subject = { implementation: await loadImplementation(mutant), properties: besideProtocol };
  subjects.set(mutant, subject);
  return subject;
}

async function hunted(mutant: Mutant, by: readonly FaultProfile[], spending: HuntEffort): Promise<HuntYield> {
  if (interrupted()) throw new Interrupted();
  const how = by.length === 1 ? (by[0]?.name ?? '') : `${by.length} fault profiles`;
  progress.show(() => `${mutant.name} by ${how}`);
  return huntBy(await subjectOf(mutant), by, spending);
}
