import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { decimalNumber, oneOf, seedFrom, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, terminalWidth, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { mutants } from '../mutants/catalogue/index.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { BadFile } from '../mutation/files/badFile.ts';
import { replaceFile } from '../mutation/files/keptFile.ts';
import { clock } from '../mutation/hunts/clock.ts';
import { CodeChanged, digestsOf, type Settings } from '../mutation/hunts/digest.ts';
import { keyOf, type MutationRunPlan, planOf } from '../mutation/hunts/plan.ts';
import { MutationRunProgress } from '../mutation/hunts/progress.ts';
import { ResultsFile } from '../mutation/hunts/resultsFile.ts';
import { huntAll, type MutationRunCallbacks } from '../mutation/hunts/threads.ts';
import { clockText, settingsText } from '../mutation/table/figures.ts';
import { isCaught, type MutationRun, rowOf, summaryOf } from '../mutation/table/mutationRun.ts';
import { mutationRunFile, textOf } from '../mutation/table/mutationRunFile.ts';
import { reportLines } from '../mutation/table/report.ts';
import { keepTraces } from '../mutation/traces/keepTraces.ts';
import { mutantGiven } from './options/mutants.ts';
import { orReportError } from './output/errors.ts';
import { exploringLine } from './output/exploration.ts';

/** What the command line asks for, read and checked. */
interface Asked {
  readonly wanted: readonly Mutant[];
  readonly settings: Settings;
  readonly firstSeed: number;
  readonly seeds: number;
  readonly shortened: number;
  readonly threads: number;
  readonly state: string;
  readonly out: string | undefined;
  readonly keep: boolean;
  readonly json: boolean;
}

const command = 'npm run mutants';

await runCommand(
  {
    command,
    summary:
      'Hunts every mutant with many seeds, as npm run hunt would, and tells how soon each was caught, and by what.\n' +
      `Seconds are ${clockText[clock]}, until a property breaks; shrinking comes after that.\n` +
      'Exit codes: 0 all were caught with at least 95 % of the seeds, 1 some were not, 2 bad file or usage, or\n' +
      'the code was changed meanwhile.\n' +
      'Ctrl-C keeps what is done, and the same command goes on from there.',
    positionals: { value: 'MUTANT', help: 'hunt these alone (default: all)' },
    options: {
      seeds: { type: 'string', value: 'N', default: '20', help: 'with how many seeds each is hunted' },
      seed: { type: 'string', value: 'N', default: '1', help: 'the first seed, which the next ones follow' },
      seconds: { type: 'string', value: 'S', default: '60', help: 'how long each hunt may take' },
      properties: { type: 'string', value: 'C', default: 'all', help: 'all, or only guarantees' },
      shorten: {
        type: 'string',
        value: 'R',
        default: '3',
        help: 'with how many of the seeds a shorter trace is looked for, which takes up to a minute',
      },
      workers: { type: 'string', value: 'W', default: '2', help: 'how many threads hunt' },
      state: {
        type: 'string',
        value: 'FILE',
        default: 'mutation-run.jsonl',
        help: 'where results are kept while there are more to come',
      },
      out: { type: 'string', value: 'FILE', help: 'write the table to this file, as JSON' },
      keep: {
        type: 'boolean',
        help: 'keep the shortest traces and, if all mutants were hunted, the table in models/mutants/',
      },
      json: { type: 'boolean', help: 'print the result as JSON' },
    },
  },
  async ({ values, positionals }) => {
    const seeds = wholeNumber('--seeds', values.seeds, { min: 1, max: 10_000 });
    const asked: Asked = {
      wanted: positionals.length === 0 ? mutants : [...new Set(positionals.map(mutantGiven))],
      settings: {
        properties: oneOf('--properties', values.properties, ['all', 'guarantees']),
        seconds: decimalNumber('--seconds', values.seconds, { min: 0.1, max: 86_400 }),
      },
      firstSeed: seedFrom(values.seed),
      seeds,
      shortened: wholeNumber('--shorten', values.shorten, { min: 0 }),
      threads: wholeNumber('--workers', values.workers, { min: 1, max: 64 }),
      state: values.state,
      out: values.out === undefined ? undefined : fileGiven('--out', values.out),
      keep: values.keep,
      json: values.json,
    };
    if (asked.keep && asked.settings.properties !== 'all')
      throw new UsageError('What is kept is judged by all properties. Leave out --properties or --keep.');
    try {
      return await run(asked);
    } catch (error) {
      if (!(error instanceof BadFile || error instanceof CodeChanged)) throw error;
      process.stderr.write(`${command}: ${error.message}\n`);
      return 2;
    }
  },
);

async function run(asked: Asked): Promise<number> {
  const { wanted, settings, firstSeed, seeds, shortened, json } = asked;
  const digests = await orReportError(command, () => digestsOf(wanted, settings));
  if (digests === undefined) return 2;
  const state = ResultsFile.open(asked.state);
  const range = Array.from({ length: seeds }, (_, index) => firstSeed + index);
  const plan = planOf({ mutants: wanted, digests, seeds: range, shortened }, state.results);
  // With --json nothing but the result is on standard output.
  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  for (const line of openingLines(asked, plan, state)) say(line);
  const interrupted = watchForInterrupt();
  await huntRest(asked, plan, digests, state, interrupted);

  const mutationRun = mutationRunOf(asked, plan);
  if (json) console.log(JSON.stringify({ ...mutationRun, summary: summaryOf(mutationRun) }));
  else if (mutationRun.rows.length > 0)
    for (const line of reportLines(mutationRun, terminalWidth())) console.log(line);
  if (asked.out !== undefined) replaceFile(asked.out, textOf(mutationRun));
  if (asked.keep && !interrupted()) await keep(asked, plan, mutationRun, say, interrupted);
  if (interrupted()) {
    say(`Interrupted. What is done is in ${asked.state}, and the same command goes on from there.`);
    return 130;
  }
  return mutationRun.rows.every(isCaught) ? 0 : 1;
}

function openingLines(
  { wanted, settings, firstSeed, seeds, state: file }: Asked,
  { results, stale }: MutationRunPlan,
  { tornLine: torn }: ResultsFile,
): readonly string[] {
  const what = settingsText({ ...settings, clock, firstSeed, seeds });
  const before = results.size === 0 ? [] : [`${grouped(results.size)} results are in ${file} already.`];
  const others = `${grouped(stale)} results in ${file} are of other code or settings, and do not count.`;
  return [
    `${wanted.length} ${wanted.length === 1 ? 'mutant' : 'mutants'}, ${what}`,
    ...before,
    ...(stale === 0 ? [] : [others]),
    ...(torn === undefined ? [] : [`${file}:${torn}: this line was torn, and is left out.`]),
  ];
}

/** Does what is left, and takes the results into the plan and the file as they come. */
async function huntRest(
  { wanted, settings, seeds, threads }: Asked,
  { tasks, results }: MutationRunPlan,
  digests: ReadonlyMap<string, string>,
  state: ResultsFile,
  interrupted: () => boolean,
): Promise<void> {
  const headway = new MutationRunProgress(wanted.length * seeds, tasks.length);
  const progress = new Progress();
  const stop = new AbortController();
  const look = setInterval(() => {
    if (interrupted()) stop.abort();
    else progress.show(() => headway.line());
  }, 100);
  const watch: MutationRunCallbacks = {
    verifyCode: async (mutant) => {
      const now = await digestsOf([mutant], settings);
      if (now.get(mutant.name) !== digests.get(mutant.name)) throw new CodeChanged();
    },
    onStart: (task) => headway.start(task),
    onDone: (answer, task) => {
      const result = { ...answer, digest: digests.get(answer.mutant) ?? '' };
      state.add(result);
      results.set(keyOf(result), result);
      headway.done(task);
    },
  };
  await huntAll(tasks, settings, threads, watch, stop.signal).finally(() => {
    clearInterval(look);
    progress.clear();
  });
}

function mutationRunOf(
  { wanted, settings, firstSeed, seeds }: Asked,
  { results }: MutationRunPlan,
): MutationRun {
  const all = [...results.values()];
  const rows = wanted
    .map((mutant) =>
      rowOf(
        mutant,
        all.filter((result) => result.mutant === mutant.name),
      ),
    )
    .filter(({ tried }) => tried > 0);
  return { clock, ...settings, firstSeed, seeds, rows };
}

async function keep(
  { wanted }: Asked,
  { results }: MutationRunPlan,
  mutationRun: MutationRun,
  say: (line: string) => void,
  interrupted: () => boolean,
): Promise<void> {
  const progress = new Progress();
  const renewed = await keepTraces(wanted, results.values(), {
    onProgress: (mutant, now) => progress.show(() => `${mutant}: ${exploringLine(now)}`),
    isInterrupted: interrupted,
  });
  progress.clear();
  say(renewed.length === 0 ? 'No trace is better than those kept.' : `Kept traces: ${renewed.join(', ')}.`);
  if (interrupted()) return;
  if (wanted !== mutants) return say('The table that is kept is one of all mutants: it stays as it was.');
  replaceFile(mutationRunFile, textOf(mutationRun));
  say('Kept the table. Say npm run reasons to write the pages anew.');
}

/** Reads the name of a file that can be written, as far as that shows beforehand. */
function fileGiven(name: string, text: string): string {
  try {
    accessSync(dirname(resolve(text)), constants.W_OK);
    if (!existsSync(text) || !statSync(text).isDirectory()) return text;
  } catch {}
  throw new UsageError(`${name} must be a file that can be written, and '${text}' cannot be.`);
}
