import { runCommand, UsageError } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { paragraph } from '../../impl/terminal/layout.ts';
import {
  decimalNumber,
  oneOf,
  outputDirectory,
  seedFrom,
  wholeNumber,
} from '../../impl/terminal/optionValues.ts';
import { Progress, terminalWidth, watchForInterrupt } from '../../impl/terminal/terminal.ts';
import { coverageMarks } from '../checking/coverage/index.ts';
import { type Budget, boundsOf, nothing } from '../explore/budget/budget.ts';
import { type Explored, exploreWith, type Limits, type Progress as Reached } from '../explore/explore.ts';
import {
  noReductions,
  type Reductions,
  soundForAll,
  soundForCorrect,
  unsoundness,
} from '../explore/reductions/reductions.ts';
import { Alone } from '../explore/search/engine.ts';
import { Threads } from '../explore/search/multiThread.ts';
import type { SearchOrder } from '../explore/search/search.ts';
import { type Recipe, subjectBy } from '../explore/space/recipe.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { modes } from '../hunt/scope.ts';
import { writeCounterexample } from '../trace/file/counterexampleFile.ts';
import { stepsOf } from '../trace/steps.ts';
import { variantsText } from '../world/variants.ts';
import type { Setup } from '../world/world.ts';
import { mutantGiven } from './options/mutants.ts';
import { orComplain } from './output/errors.ts';
import { cutShort, exploringLine } from './output/exploration.ts';
import { findLines } from './output/failure.ts';

const { timers } = nothing;

/** An option that takes a whole number from 0. */
const count = (help: string, standing: string) =>
  ({ type: 'string', value: 'N', help, default: standing }) as const;

/** The same, where leaving it out means something of its own. */
const optional = (help: string) => ({ type: 'string', value: 'N', help }) as const;

const command = 'npm run explore';

await runCommand(
  {
    command,
    summary:
      'Looks at every run of the implementation within a budget, shortest first, and judges each of its steps.\n' +
      'Exit codes: 0 no run within the budget breaks a property, 1 one does (the shortest is kept), 2 usage,\n' +
      '3 a limit ended the search before everything was looked at.',
    options: {
      replicas: { type: 'string', value: 'K', default: '3', help: 'how many replicas, 1 to 7' },
      mode: { type: 'string', value: 'MODE', default: 'durable', help: 'durable or diskless' },
      clients: optional('how many clients (default: as many as requests, 2 at most)'),
      requests: count('how many requests are made', '1'),
      timeouts: count('how many timers fire, of replicas and clients together', '1'),
      timers: {
        type: 'string',
        value: 'LIST',
        default: timers.join(),
        help: 'which timers may fire',
      },
      crashes: count('how many replicas crash', '0'),
      corruptions: count('how many more crash and lose entries of their logs; durable mode only', '0'),
      restarts: optional('how many come back (default: as many as crash, corrupt or not)'),
      'client-restarts': count('how many clients crash and come back', '0'),
      duplicates: count('how many messages are duplicated', '0'),
      drops: count('how many messages are lost for good', '0'),
      partitions: count('how often links are cut', '0'),
      piecewise: { type: 'boolean', help: 'let messages carry one log entry each' },
      batching: {
        type: 'boolean',
        help: 'let one PREPARE be outstanding at a time, and requests wait meanwhile',
      },
      'checkpoint-every': optional('take a checkpoint after so many entries each (default: never)'),
      sessions: optional('let so many clients be registered at a time (default: nobody need be)'),
      views: optional('the latest view that any replica moves to (default: any)'),
      depth: optional('runs of at most so many steps (default: any)'),
      settle: count('let one in N states settle, and judge the outcome; 0 for none', '5000'),
      seconds: { type: 'string', value: 'S', help: 'stop after so many seconds (default: never)' },
      memory: { type: 'string', value: 'GB', default: '4', help: 'stop before using more memory than this' },
      workers: count('how many threads search', '1'),
      search: {
        type: 'string',
        value: 'ORDER',
        default: 'breadth',
        help: 'breadth for shortest runs first, or depth for the last found first',
      },
      reductions: {
        type: 'string',
        value: 'LIST',
        help: 'of clients, replicas, vain, dead, forgotten and eager, or none (default: all; where a rule or a usual manner is missing clients, vain)',
      },
      properties: { type: 'string', value: 'C', default: 'all', help: 'all, or only guarantees' },
      mutant: { type: 'string', value: 'NAME', help: 'explore an implementation with this rule removed' },
      out: { type: 'string', value: 'DIR', default: 'counterexamples', help: 'where the trace is written' },
      json: { type: 'boolean', help: 'print the result as JSON' },
      seed: { type: 'string', value: 'N', help: 'changes nothing: an exploration leaves nothing to chance' },
    },
  },
  async ({ values }) => {
    if (values.seed !== undefined) seedFrom(values.seed);
    const budget = budgetGiven(values);
    const setup: Setup = {
      replicas: wholeNumber('--replicas', values.replicas, { min: 1, max: 7 }),
      mode: oneOf('--mode', values.mode, modes),
      clients:
        wholeNumber('--clients', values.clients, { min: 1, max: 4 }) ??
        Math.min(2, Math.max(1, budget.requests)),
      ...variantsGiven(values),
    };
    if (budget.corruptions > 0 && (setup.mode === 'diskless' || setup.replicas < 3))
      throw new UsageError(
        '--corruptions is for durable groups of 3 replicas or more: smaller ones survive none, and diskless ones keep no log.',
      );
    const limits: Limits = {
      depth: wholeNumber('--depth', values.depth, { min: 0 }) ?? Infinity,
      states: Infinity,
      seconds: decimalNumber('--seconds', values.seconds, { min: 0.1 }) ?? Infinity,
      bytes: decimalNumber('--memory', values.memory, { min: 0.25, max: 1024 }) * 2 ** 30,
      settleOneIn: wholeNumber('--settle', values.settle, { min: 0 }),
    };
    const out = outputDirectory(values.out);
    const workers = wholeNumber('--workers', values.workers, { min: 1, max: 64 });
    const order = oneOf('--search', values.search, ['breadth', 'depth']);
    if (order === 'depth' && (values.depth !== undefined || workers > 1))
      throw new UsageError('--search depth takes neither --depth, for it knows of no levels, nor --workers.');
    const mutant = values.mutant === undefined ? undefined : mutantGiven(values.mutant);
    const recipe: Recipe = {
      mutant: mutant?.name ?? null,
      setup,
      properties: oneOf('--properties', values.properties, ['all', 'guarantees']),
      budget,
      reductions: reductionsGiven(values.reductions, setup, mutant !== undefined),
    };
    const crew = await orComplain(command, async () => {
      if (workers > 1) return Threads.start(recipe, limits.settleOneIn, workers);
      return new Alone(await subjectBy(recipe), limits.settleOneIn, order);
    });
    if (crew === undefined) return 2;
    if (!values.json) console.log(subjectLine(recipe));
    const progress = new Progress();
    const tell = (now: Reached) => progress.show(() => exploringLine(now));
    const watch = { tell, interrupted: watchForInterrupt() };
    // Threads that nobody ends would keep the process from ending.
    const explored = await exploreWith(crew, limits, watch).finally(() => crew.close());
    progress.clear();
    const { trace } = explored;
    // A shortest run within a budget is not the shortest of all, so the file does not call it minimal.
    const counterexample =
      trace && counterexampleOf({ ...trace, setup, faultProfile: null }, mutant?.name ?? null, null);
    const path = counterexample && writeCounterexample(out, counterexample);
    const data = { mutant: mutant?.name ?? null, setup, budget, ...dataOf(explored), path: path ?? null };
    if (values.json) console.log(JSON.stringify(data));
    else {
      for (const line of linesOf(explored, order, recipe.reductions)) console.log(line);
      if (counterexample !== undefined && path !== undefined)
        for (const line of await findLines(counterexample, path)) console.log(line);
    }
    return { exhausted: 0, violation: 1, depth: 3, states: 3, seconds: 3, memory: 3, interrupted: 130 }[
      explored.ending
    ];
  },
);

/** The options that say how often each sort of thing may happen. */
interface BudgetOptions {
  readonly requests: string;
  readonly timeouts: string;
  readonly timers: string;
  readonly crashes: string;
  readonly corruptions: string;
  readonly restarts: string | undefined;
  readonly 'client-restarts': string;
  readonly duplicates: string;
  readonly drops: string;
  readonly partitions: string;
  readonly views: string | undefined;
}

function budgetGiven(options: BudgetOptions): Budget {
  const most = (name: string, text: string) => wholeNumber(`--${name}`, text, { min: 0, max: 1000 });
  const crashes = most('crashes', options.crashes);
  const corruptions = most('corruptions', options.corruptions);
  return {
    requests: most('requests', options.requests),
    timeouts: most('timeouts', options.timeouts),
    timers: options.timers.split(',').map((timer) => oneOf('--timers', timer, timers)),
    crashes,
    corruptions,
    restarts: options.restarts === undefined ? crashes + corruptions : most('restarts', options.restarts),
    clientRestarts: most('client-restarts', options['client-restarts']),
    duplicates: most('duplicates', options.duplicates),
    drops: most('drops', options.drops),
    partitions: most('partitions', options.partitions),
    views: options.views === undefined ? Infinity : most('views', options.views),
  };
}

/** What is explored, in a line: of what is not named nothing happens. */
function subjectLine({ setup, budget, mutant }: Recipe): string {
  const spent = boundsOf(budget).bounds.flatMap(({ kind, most }) => (most > 0 ? [`${kind} ${most}`] : []));
  const group = `${setup.replicas} replicas, ${setup.mode}, ${setup.clients} clients${variantsText(setup)}`;
  return `${group}${mutant === null ? '' : `, mutant ${mutant}`}; at most: ${spent.join(', ') || 'nothing'}`;
}

function variantsGiven({
  piecewise,
  batching,
  'checkpoint-every': every,
  sessions,
}: {
  readonly piecewise: boolean;
  readonly batching: boolean;
  readonly 'checkpoint-every': string | undefined;
  readonly sessions: string | undefined;
}): Pick<Setup, 'piecewise' | 'batching' | 'checkpointEvery' | 'sessions'> {
  return {
    ...(piecewise ? { piecewise } : {}),
    ...(batching ? { batching } : {}),
    ...(every === undefined
      ? {}
      : { checkpointEvery: wholeNumber('--checkpoint-every', every, { min: 1, max: 1000 }) }),
    ...(sessions === undefined
      ? {}
      : { sessions: wholeNumber('--sessions', sessions, { min: 1, max: 1000 }) }),
  };
}

function reductionsGiven(list: string | undefined, setup: Setup, ablated: boolean): Reductions {
  const isVaried = variantsText(setup) !== '';
  const reductions =
    list === undefined ? (ablated || isVaried ? soundForAll : soundForCorrect) : chosenFrom(list);
  const reason = unsoundness(reductions, setup);
  if (reason !== undefined) throw new UsageError(`Leave some --reductions out: ${reason}.`);
  return reductions;
}

function chosenFrom(list: string): Reductions {
  if (list === 'none') return noReductions;
  const chosen: Record<string, boolean> = { ...noReductions };
  for (const name of list.split(',')) {
    if (!Object.hasOwn(noReductions, name))
      throw new UsageError(
        `--reductions must be none, or of ${Object.keys(noReductions).join(', ')}, and '${name}' is not.`,
      );
    chosen[name] = true;
  }
  return { ...noReductions, ...chosen };
}

function linesOf(explored: Explored, order: SearchOrder, reductions: Reductions): readonly string[] {
  const { ending, branches, reached, settled, missed } = explored;
  const never = coverageMarks.filter(({ name }) => reached.count(name) === 0).map(({ name }) => name);
  // What a search that was cut short has not met may well happen within its budget.
  const unmet = ending === 'exhausted' ? 'Not reached' : 'Not reached so far';
  return [
    ...columns([
      ['input and what came of it', 'times'],
      ...[...branches].map(([branch, times]) => [branch, grouped(times)]),
    ]),
    '',
    `Coverage marks reached: ${coverageMarks.length - never.length} of ${coverageMarks.length}.`,
    ...(never.length === 0 ? [] : paragraph(`${unmet}: ${never.join(', ')}.`, terminalWidth(), '')),
    `${grouped(settled)} states were left to settle. Expected to be missed for equal hashes: ${missed.toExponential(1)} states.`,
    exploringLine(explored),
    verdict(explored, order, reductions),
  ];
}

function verdict({ ending, depth }: Explored, order: SearchOrder, reductions: Reductions): string {
  const deep = order === 'breadth' ? ` The search went ${depth} steps deep.` : '';
  if (ending === 'exhausted') return `Exhausted: no run within the budget breaks a property.${deep}`;
  if (ending === 'violation') return `A property was broken${howShort(order, reductions)}.`;
  const looked = ending === 'depth' ? 'at most' : 'fewer than';
  const done = order === 'breadth' ? `Every run of ${looked} ${depth} steps` : 'Not every run';
  return `Stopped: ${cutShort[ending]}. ${done} was looked at.`;
}

/** Of what takes the protocol as it should be for granted, a shorter run may have been left out, if it is not. */
function howShort(order: SearchOrder, { replicas, dead, forgotten, eager }: Reductions): string {
  if (order === 'depth') return ', in a run that is nothing like a short one: search breadth first for that';
  if (replicas || dead || forgotten || eager)
    return '; with --reductions clients,vain it may take fewer steps';
  return ', and no run of fewer steps within the budget breaks one';
}

function dataOf({ trace, reached, branches, ...rest }: Explored): object {
  return {
    ...rest,
    found: trace === undefined ? null : { violation: trace.violation, steps: stepsOf(trace.records) },
    coverageMarks: Object.fromEntries(coverageMarks.map(({ name }) => [name, reached.count(name)])),
    branches: Object.fromEntries(branches),
  };
}
