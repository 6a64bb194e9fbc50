import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { grouped } from '../../impl/terminal/columns.ts';
import { decimalNumber, oneOf, seedFrom, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress, terminalWidth, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { propertySetHelp, propertySetNames } from '../checking/properties.ts';
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
import { fileGiven } from './options/file.ts';
import { mutantGiven } from './options/mutants.ts';
import { orReportError } from './output/errors.ts';
import { exploringLine } from './output/exploration.ts';

/** The options of the mutation run, read and checked. */
interface MutationRunOptions {
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
      'Hunts every mutant with many seeds, as npm run hunt does, and reports how soon each was caught, and by which property.\n' +
      `Seconds are ${clockText[clock]}, until a property breaks; shrinking is not included.\n` +
      'Exit codes: 0 each was caught with at least 95 % of the seeds, 1 some were not, 2 bad file or usage, or\n' +
      'the code changed during the run.\n' +
      'Ctrl-C keeps the results so far, and the same command goes on from there.',
    positionals: { value: 'MUTANT', help: 'the mutants to hunt (default: all)' },
    options: {
      seeds: { type: 'string', value: 'N', default: '20', help: 'with how many seeds each is hunted' },
      seed: { type: 'string', value: 'N', default: '1', help: 'the first seed; the others follow it' },
      seconds: { type: 'string', value: 'S', default: '60', help: 'how long each hunt may take' },
      properties: { type: 'string', value: 'SET', default: 'beside-protocol', help: propertySetHelp },
      shorten: {
        type: 'string',
        value: 'R',
        default: '3',
        help: 'for how many of the seeds the trace is shortened, which takes up to a minute each',
      },
      workers: { type: 'string', value: 'W', default: '2', help: 'how many threads hunt' },
      state: {
        type: 'string',
        value: 'FILE',
        default: 'mutation-run.jsonl',
        help: 'the file for the results of single hunts',
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
    const options: MutationRunOptions = {
      wanted: positionals.length === 0 ? mutants : [...new Set(positionals.map(mutantGiven))],
      settings: {
        properties: oneOf('--properties', values.properties, propertySetNames),
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
    if (options.keep && options.settings.properties !== 'beside-protocol')
      throw new UsageError(
        'Kept results must be judged by the properties beside-protocol. Leave out --properties or --keep.',
      );
    try {
      return await run(options);
    } catch (error) {
      if (!(error instanceof BadFile || error instanceof CodeChanged)) throw error;
      process.stderr.write(`${command}: ${error.message}\n`);
      return 2;
    }
  },
);

async function run(options: MutationRunOptions): Promise<number> {
  const { wanted, settings, firstSeed, seeds, shortened, json } = options;
  const digests = await orReportError(command, () => digestsOf(wanted, settings));
  if (digests === undefined) return 2;
  const state = ResultsFile.open(options.state);
  const range = Array.from({ length: seeds }, (_, index) => firstSeed + index);
  const plan = planOf({ mutants: wanted, digests, seeds: range, shortened }, state.results);
  // With --json only the result goes to standard output.
  const say = (line: string): void => {
    (json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  for (const line of openingLines(options, plan, state)) say(line);
  const interrupted = watchForInterrupt();
  await runRemainingHunts(options, plan, digests, state, interrupted);

  const mutationRun = mutationRunOf(options, plan);
  if (json) console.log(JSON.stringify({ ...mutationRun, summary: summaryOf(mutationRun) }));
  else if (mutationRun.rows.length > 0)
    for (const line of reportLines(mutationRun, terminalWidth())) console.log(line);
  if (options.out !== undefined) replaceFile(options.out, textOf(mutationRun));
  if (options.keep && !interrupted()) await keep(options, plan, mutationRun, say, interrupted);
  if (interrupted()) {
    say(`Interrupted. The results so far are in ${options.state}, and the same command goes on from there.`);
    return 130;
  }
  return mutationRun.rows.every(isCaught) ? 0 : 1;
}

function openingLines(
  { wanted, settings, firstSeed, seeds, state: file }: MutationRunOptions,
  { results, stale }: MutationRunPlan,
  { tornLine }: ResultsFile,
): readonly string[] {
  const what = settingsText({ ...settings, clock, firstSeed, seeds });
  const before = results.size === 0 ? [] : [`${grouped(results.size)} results are in ${file} already.`];
  const others = `${grouped(stale)} results in ${file} belong to other code or settings and do not count.`;
  return [
    `${wanted.length} ${wanted.length === 1 ? 'mutant' : 'mutants'}, ${what}`,
    ...before,
    ...(stale === 0 ? [] : [others]),
    ...(tornLine === undefined ? [] : [`${file}:${tornLine}: this line was torn, and was removed.`]),
  ];
}

/** Runs the remaining hunts, and adds their results to the plan and the file as they come. */
async function runRemainingHunts(
  { wanted, settings, seeds, threads }: MutationRunOptions,
  { tasks, results }: MutationRunPlan,
  digests: ReadonlyMap<string, string>,
  state: ResultsFile,
  interrupted: () => boolean,
): Promise<void> {
  const runProgress = new MutationRunProgress(wanted.length * seeds, tasks.length);
  const progress = new Progress();
  const stop = new AbortController();
  const timer = setInterval(() => {
    if (interrupted()) stop.abort();
    else progress.show(() => runProgress.line());
  }, 100);
  const callbacks: MutationRunCallbacks = {
    verifyCode: async (mutant) => {
      const now = await digestsOf([mutant], settings);
      if (now.get(mutant.name) !== digests.get(mutant.name)) throw new CodeChanged();
    },
    onStart: (task) => runProgress.start(task),
    onDone: (answer, task) => {
      const result = { ...answer, digest: digests.get(answer.mutant) ?? '' };
      state.add(result);
      results.set(keyOf(result), result);
      runProgress.done(task);
    },
  };
  await huntAll(tasks, settings, threads, callbacks, stop.signal).finally(() => {
    clearInterval(timer);
    progress.clear();
  });
}

function mutationRunOf(
  { wanted, settings, firstSeed, seeds }: MutationRunOptions,
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
  { wanted }: MutationRunOptions,
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
  say(
    renewed.length === 0 ? 'No trace is better than the kept ones.' : `Kept traces: ${renewed.join(', ')}.`,
  );
  if (interrupted()) return;
  if (wanted !== mutants) return say('The kept table covers all mutants, so it stays as it was.');
  replaceFile(mutationRunFile, textOf(mutationRun));
  say('Kept the table. Run npm run reasons to write the pages again.');
}
