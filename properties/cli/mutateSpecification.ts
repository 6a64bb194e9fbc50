import { Worker } from 'node:worker_threads';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns } from '../../impl/terminal/columns.ts';
import { wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { type Reached, reachedByProtocol, type Verdict } from '../../models/protocol/mutants/judge.ts';
import { workerWith } from '../../models/protocol/mutants/load.ts';
import { root } from '../root.ts';
import { isSame, readSurvivors, type Survivor } from './generatedMutants.ts';
import { type SpecificationMutant, specificationMutants } from './specificationMutants.ts';

const survivorsFile = 'properties/generated-mutants/specification-survivors.json';
const leastScore = 97;
/** In milliseconds. A mutant that survives takes about 15 s of processor time, which may take minutes on a busy machine. */
const longest = 300_000;

type Outcome = Verdict | { readonly outcome: 'unending' };
type Judged = SpecificationMutant & { readonly verdict: Outcome };

await runCommand(
  {
    command: 'npm run mutate:spec',
    summary:
      'Changes each comparison, condition, number and quorum of spec/protocol/, one at a time, and explores what is left: a property\n' +
      'breaks, or steps are missing that are legal, or the mutant survives.\n' +
      'Exit codes: 0 all survivors are listed and the score is high enough, 1 otherwise, 2 usage.',
    positionals: { value: 'FILE', help: 'part of the path of a file of spec/protocol/ (default: all of it)' },
    options: {
      concurrency: { type: 'string', value: 'N', default: '2', help: 'try so many mutants at once' },
    },
  },
  async ({ values, positionals }) => {
    const concurrency = wholeNumber('--concurrency', values.concurrency, { min: 1, max: 99 });
    const mutants = chosen(await specificationMutants(), positionals);
    const survivors = readSurvivors(`${root}${survivorsFile}`);
    const interrupted = watchForInterrupt();
    const judged = await judgeAll(mutants, concurrency, interrupted);
    if (interrupted()) {
      console.log(`${judged.length} of ${mutants.length} mutants were judged.`);
      return 130;
    }
    const left = judged.filter(({ verdict }) => verdict.outcome === 'survives');
    const unlisted = left.filter((mutant) => !survivors.some((entry) => isSame(entry, mutant)));
    const outdated = survivors.filter(
      (entry) => judged.some((one) => isSame(entry, one)) && !left.some((one) => isSame(entry, one)),
    );
    for (const line of reportLines(judged, survivors)) console.log(line);
    if (unlisted.length > 0) console.log(`\nSurvivors not in ${survivorsFile}:`);
    for (const { edit: _edit, source: _source, verdict: _verdict, ...identity } of unlisted)
      console.log(JSON.stringify(identity));
    if (outdated.length > 0) console.log('\nListed, and survive no longer:');
    for (const entry of outdated) console.log(JSON.stringify(entry));
    const score = scoreOf(judged, survivors);
    if (score < leastScore)
      console.log(`\nThe score is ${score.toFixed(1)} %, and must be ${leastScore} % at least.`);
    return unlisted.length === 0 && outdated.length === 0 && score >= leastScore ? 0 : 1;
  },
);

function chosen(mutants: readonly SpecificationMutant[], parts: readonly string[]) {
  const files = [...new Set(mutants.map(({ file }) => file))];
  if (parts.includes(''))
    throw new UsageError(
      'A FILE is empty, and would stand for every file. Leave it out to take all of them.',
    );
  for (const part of parts)
    if (!files.some((file) => file.includes(part)))
      throw new UsageError(`No mutated file has '${part}' in its path. The files are ${files.join(', ')}.`);
  return mutants.filter(({ file }) => parts.length === 0 || parts.some((part) => file.includes(part)));
}

async function judgeAll(
  mutants: readonly SpecificationMutant[],
  concurrency: number,
  interrupted: () => boolean,
): Promise<readonly Judged[]> {
  const reached = reachedByProtocol();
  const waiting = [...mutants];
  const judged: Judged[] = [];
  const progress = new Progress();
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined && !interrupted(); mutant = waiting.shift()) {
      judged.push({ ...mutant, verdict: await verdictOf(mutant, reached) });
      progress.show(() => `${judged.length} of ${mutants.length} mutants`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  progress.clear();
  return judged;
}

/** In a thread of its own, because a mutant may never come to an end. */
async function verdictOf(
  { edit, source }: SpecificationMutant,
  reached: readonly Reached[],
): Promise<Outcome> {
  const worker = new Worker(await workerWith(edit, source, reached));
  const outcome = await new Promise<Outcome>((resolve) => {
    const timer = setTimeout(() => resolve({ outcome: 'unending' }), longest);
    const done = (result: Outcome): void => {
      clearTimeout(timer);
      resolve(result);
    };
    worker.once('message', done);
    worker.once('error', (error) => done({ outcome: 'fails', error: String(error) }));
  });
  await worker.terminate();
  return outcome;
}

function reportLines(judged: readonly Judged[], survivors: readonly Survivor[]): readonly string[] {
  const files = [...new Set(judged.map(({ file }) => file))];
  const row = (name: string, some: readonly Judged[]): readonly string[] => {
    const count = (...outcomes: readonly string[]) =>
      some.filter(({ verdict }) => outcomes.includes(verdict.outcome)).length;
    const counts = [
      some.length,
      count('broken'),
      count('forbids'),
      count('fails', 'unending'),
      count('survives'),
    ];
    const equivalent = some.filter((one) => isEquivalent(one, survivors)).length;
    return [name, ...[...counts, equivalent].map(String), `${scoreOf(some, survivors).toFixed(1)} %`];
  };
  return columns([
    ['', 'mutants', 'break a property', 'forbid legal steps', 'fail', 'survive', 'equivalent', 'score'],
    ...files.map((file) =>
      row(
        file,
        judged.filter((one) => one.file === file),
      ),
    ),
    row('all', judged),
  ]);
}

/** The percentage of noticed mutants among those that are not equivalent. */
function scoreOf(judged: readonly Judged[], survivors: readonly Survivor[]): number {
  const rest = judged.filter((one) => !isEquivalent(one, survivors));
  const noticed = rest.filter(({ verdict }) => verdict.outcome !== 'survives').length;
  return rest.length === 0 ? 100 : (100 * noticed) / rest.length;
}

function isEquivalent(one: Judged, survivors: readonly Survivor[]): boolean {
  return (
    one.verdict.outcome === 'survives' && survivors.some((entry) => entry.equivalent && isSame(entry, one))
  );
}
