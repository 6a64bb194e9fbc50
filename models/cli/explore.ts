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
import { propertySetHelp, propertySetNames } from '../checking/properties.ts';
import { budgetText } from '../explore/budget/budgetText.ts';
import {
  type ExplorationCallbacks,
  type ExplorationLimits,
  type Explored,
  exploreWith,
} from '../explore/explore.ts';
import type { Reductions } from '../explore/reductions/reductions.ts';
import { MultiThreadSearch } from '../explore/search/multiThread.ts';
import type { SearchOrder } from '../explore/search/search.ts';
import { SingleThreadSearch } from '../explore/search/singleThread.ts';
import { type Recipe, subjectFrom } from '../explore/space/recipe.ts';
import { counterexampleOf } from '../hunt/counterexample.ts';
import { modes } from '../hunt/scope.ts';
import { writeCounterexample } from '../trace/file/counterexampleFile.ts';
import { stepsOf } from '../trace/steps.ts';
import { variantsText } from '../world/variants.ts';
import type { Setup } from '../world/world.ts';
import {
  budgetGiven,
  budgetOptions,
  count,
  optional,
  reductionsGiven,
  reductionsOption,
  variantOptions,
  variantsGiven,
} from './options/exploration.ts';
import { ruleChangeGiven } from './options/mutants.ts';
import { orReportError } from './output/errors.ts';
import { cutShort, exploringLine } from './output/exploration.ts';
import { failureLines } from './output/failure.ts';

const command = 'npm run explore';

await runCommand(
  {
    command,
    summary:
      'Explores every run of the implementation within a budget, shortest first, and checks the properties at each step.\n' +
      'Exit codes: 0 no run within the budget breaks a property, 1 one does (the shortest is kept), 2 usage,\n' +
      '3 a limit ended the search before every run was explored.',
    options: {
      replicas: { type: 'string', value: 'K', default: '3', help: 'how many replicas, 1 to 7' },
      mode: { type: 'string', value: 'MODE', default: 'durable', help: 'durable or diskless' },
      clients: optional('how many clients (default: as many as requests, 2 at most)'),
      ...budgetOptions,
      ...variantOptions,
      views: optional('the latest view that any replica moves to (default: any)'),
      depth: optional('runs of at most so many steps (default: any)'),
      settle: count('let one in N states settle, and check the outcome; 0 for none', '5000'),
      seconds: { type: 'string', value: 'S', help: 'stop after so many seconds (default: never)' },
      memory: { type: 'string', value: 'GB', default: '4', help: 'stop before using more memory than this' },
      workers: count('how many threads search', '1'),
      search: {
        type: 'string',
        value: 'ORDER',
        default: 'breadth',
        help: 'breadth for shortest runs first, or depth for the last found first',
      },
      reductions: reductionsOption,
      properties: { type: 'string', value: 'SET', default: 'all', help: propertySetHelp },
      mutant: { type: 'string', value: 'NAME', help: 'explore this mutant instead of the implementation' },
      out: { type: 'string', value: 'DIR', default: 'counterexamples', help: 'where the trace is written' },
      json: { type: 'boolean', help: 'print the result as JSON' },
      seed: {
        type: 'string',
        value: 'N',
        help: 'accepted and ignored: an exploration uses no random numbers',
      },
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
    const limits: ExplorationLimits = {
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
      throw new UsageError('--search depth takes neither --depth, because it has no levels, nor --workers.');
    const mutant = values.mutant === undefined ? undefined : ruleChangeGiven(values.mutant);
    const recipe: Recipe = {
      mutant: mutant?.name ?? null,
      setup,
      properties: oneOf('--properties', values.properties, propertySetNames),
      budget,
      reductions: reductionsGiven(values.reductions, setup, mutant !== undefined),
    };
    const engine = await orReportError(command, async () => {
      if (workers > 1) return MultiThreadSearch.start(recipe, limits.settleOneIn, workers);
      return new SingleThreadSearch(await subjectFrom(recipe), limits.settleOneIn, order);
    });
    if (engine === undefined) return 2;
    if (!values.json) console.log(subjectLine(recipe));
    const progress = new Progress();
    const callbacks: ExplorationCallbacks = {
      onProgress: (now) => progress.show(() => exploringLine(now)),
      isInterrupted: watchForInterrupt(),
    };
    // Threads that still run would keep the process from ending.
    const explored = await exploreWith(engine, limits, callbacks).finally(() => engine.close());
    progress.clear();
    const { trace } = explored;
    // The shortest run within a budget may not be the shortest of all, so it is not marked minimal.
    const counterexample =
      trace && counterexampleOf({ ...trace, setup, faultProfile: null }, mutant?.name ?? null, null);
    const path = counterexample && writeCounterexample(out, counterexample);
    const data = { mutant: mutant?.name ?? null, setup, budget, ...dataOf(explored), path: path ?? null };
    if (values.json) console.log(JSON.stringify(data));
    else {
      for (const line of linesOf(explored, order, recipe.reductions)) console.log(line);
      if (counterexample !== undefined && path !== undefined)
        for (const line of await failureLines(counterexample, path)) console.log(line);
    }
    return { exhausted: 0, violation: 1, depth: 3, states: 3, seconds: 3, memory: 3, interrupted: 130 }[
      explored.ending
    ];
  },
);

/** What is explored, in a line. Kinds of events that are not named do not happen. */
function subjectLine({ setup, budget, mutant }: Recipe): string {
  const group = `${setup.replicas} ${setup.replicas === 1 ? 'replica' : 'replicas'}, ${setup.mode}, ${setup.clients} ${setup.clients === 1 ? 'client' : 'clients'}${variantsText(setup)}`;
  return `${group}${mutant === null ? '' : `, mutant ${mutant}`}; at most: ${budgetText(budget) || 'nothing'}`;
}

function linesOf(explored: Explored, order: SearchOrder, reductions: Reductions): readonly string[] {
  const { ending, branches, reached, settled, missed } = explored;
  const never = coverageMarks.filter(({ name }) => reached.count(name) === 0).map(({ name }) => name);
  // A search that was cut short may have missed marks that can be reached within its budget.
  const unmet = ending === 'exhausted' ? 'Not reached' : 'Not reached so far';
  return [
    ...columns([
      ['input and outcome', 'times'],
      ...[...branches].map(([branch, times]) => [branch, grouped(times)]),
    ]),
    '',
    `Coverage marks reached: ${coverageMarks.length - never.length} of ${coverageMarks.length}.`,
    ...(never.length === 0 ? [] : paragraph(`${unmet}: ${never.join(', ')}.`, terminalWidth(), '')),
    `${grouped(settled)} states were checked for settling. States expected to be missed for equal hashes: ${missed.toExponential(1)}.`,
    exploringLine(explored),
    verdict(explored, order, reductions),
  ];
}

function verdict({ ending, depth }: Explored, order: SearchOrder, reductions: Reductions): string {
  const deep = order === 'breadth' ? ` The search went ${depth} steps deep.` : '';
  if (ending === 'exhausted') return `Exhausted: no run within the budget breaks a property.${deep}`;
  if (ending === 'violation') return `A property was broken${howShort(order, reductions)}.`;
  const bound = ending === 'depth' ? 'at most' : 'fewer than';
  const done = order === 'breadth' ? `Every run of ${bound} ${depth} steps` : 'Not every run';
  return `Stopped: ${cutShort[ending]}. ${done} was explored.`;
}

/** How short the violating run is. Reductions that rely on the protocol may leave out a shorter run of a mutant. */
function howShort(order: SearchOrder, { replicas, dead, unread, eager }: Reductions): string {
  if (order === 'depth') return '. Depth-first runs are long: search breadth-first for a short one';
  if (replicas || dead || unread || eager) return '; with --reductions clients,no-op it may take fewer steps';
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
