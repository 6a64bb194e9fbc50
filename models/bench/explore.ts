import { runCommand } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { decimalNumber, seedFrom, seedOption } from '../../impl/terminal/optionValues.ts';
import { type Budget, emptyBudget } from '../explore/budget/budget.ts';
import { type ExplorationProgress, exploreWith, noLimits } from '../explore/explore.ts';
import { soundForAll, soundForCorrect } from '../explore/reductions/reductions.ts';
import type { SearchEngine } from '../explore/search/engine.ts';
import { MultiThreadSearch } from '../explore/search/multiThread.ts';
import { SingleThreadSearch } from '../explore/search/singleThread.ts';
import { type Recipe, subjectFrom } from '../explore/space/recipe.ts';
import { median } from '../quantile.ts';
import { IndependentSearches, Turns } from './turns.ts';

const budget: Budget = { ...emptyBudget, requests: 2, timeouts: 1 };

/** Two requests and a timer, with the reductions that are sound for every mutant. There are more states than fit in the time. */
const recipe: Recipe = {
  mutant: null,
  setup: { replicas: 3, mode: 'durable', clients: 2 },
  properties: 'all',
  budget,
  reductions: soundForAll,
};

/** One more timer, with every reduction: fewer states, and more work for each. */
const reduced: Recipe = { ...recipe, budget: { ...budget, timeouts: 2 }, reductions: soundForCorrect };

const firstRow = 250_000;
const rounds = 3;

await runCommand(
  {
    command: 'npm run bench:explore',
    summary:
      'Measures how fast the explorer visits states, the time and memory of a state as their number grows, and the gain of\n' +
      'a second thread. Takes several minutes. Figures differ between runs; compare the ratios.',
    options: {
      seconds: { type: 'string', value: 'S', default: '32', help: 'how long each exploration takes' },
      seed: { ...seedOption, help: 'has no effect: an exploration is deterministic' },
    },
  },
  async ({ values }) => {
    if (values.seed !== undefined) seedFrom(values.seed);
    const seconds = decimalNumber('--seconds', values.seconds, { min: 1 });
    await growth(seconds);
    await reductions(seconds);
    await threads(seconds);
    return 0;
  },
);

/** The size of an exploration, with its time by the clock and of all processors. */
interface MeasuredExploration {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly cpu: number;
}

async function measured(
  engine: SearchEngine,
  seconds: number,
  onProgress: (now: ExplorationProgress) => void = () => {},
): Promise<MeasuredExploration> {
  const before = process.cpuUsage();
  const {
    states,
    transitions,
    seconds: taken,
  } = await exploreWith(engine, { ...noLimits, seconds }, { onProgress });
  const { user, system } = process.cpuUsage(before);
  await engine.close();
  return { states, transitions, seconds: taken, cpu: (user + system) / 1e6 };
}

async function growth(seconds: number): Promise<void> {
  console.log(
    '3 replicas, durable, 2 requests, 1 timeout, all properties, reductions clients and noOp, one thread:\n',
  );
  const engine = new SingleThreadSearch(await subjectFrom(recipe), 0);
  const rows: string[][] = [];
  const before = process.cpuUsage();
  let next = firstRow;
  const run = await measured(engine, seconds, ({ states, seconds: taken }) => {
    if (states < next) return;
    next *= 2;
    const { user, system } = process.cpuUsage(before);
    const bytes = Math.round(engine.search.bytes / states);
    rows.push([grouped(states), taken.toFixed(1), ((user + system) / 1e6).toFixed(1), String(bytes)]);
  });
  const heads = ['states', 'seconds', 'CPU seconds', 'bytes a state'];
  for (const line of columns([heads, ...rows])) console.log(line);
  console.log(`\n${rates(run)}\n`);
}

async function reductions(seconds: number): Promise<void> {
  console.log('The same with 2 timeouts and all reductions:');
  console.log(`${rates(await measured(new SingleThreadSearch(await subjectFrom(reduced), 0), seconds))}\n`);
}

async function threads(seconds: number): Promise<void> {
  console.log(
    `One thread, two, and two that share nothing, in turns of a quarter of a second, ${rounds} times:`,
  );
  const ratios: number[] = [];
  const most: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const thread = () => MultiThreadSearch.start(recipe, 0, 1);
    const engines = [
      await thread(),
      await MultiThreadSearch.start(recipe, 0, 2),
      new IndependentSearches(await thread(), await thread()),
    ];
    const [one, two, apart] = await inTurns(engines, seconds);
    if (one === undefined || two === undefined || apart === undefined) throw new Error('A run is missing.');
    const times = (run: MeasuredExploration) => run.states / run.seconds / (one.states / one.seconds);
    ratios.push(times(two));
    most.push(times(apart));
    console.log(`  one:   ${rates(one)}\n  two:   ${rates(two)}\n  apart: ${rates(apart)}`);
  }
  const [ratio, ceiling] = [median(ratios), median(most)];
  console.log(
    `Median: two threads reach ${ratio.toFixed(2)} times the rate of one. Two that share nothing reach ` +
      `${ceiling.toFixed(2)} times: so much this machine can do.`,
  );
}

/** Lets each search engine explore for this many seconds of its own, in turns. */
async function inTurns(
  engines: readonly SearchEngine[],
  seconds: number,
): Promise<readonly MeasuredExploration[]> {
  const turns = new Turns();
  return Promise.all(
    engines.map(async (engine) => {
      const timed = turns.of(engine);
      const run = await exploreWith(timed, noLimits, { isInterrupted: () => timed.seconds >= seconds });
      await timed.close();
      return { states: run.states, transitions: run.transitions, seconds: timed.seconds, cpu: timed.cpu };
    }),
  );
}

function rates({ states, transitions, seconds, cpu }: MeasuredExploration): string {
  const each = (count: number, time: number) => grouped(Math.round(count / time));
  return (
    `${grouped(states)} states and ${grouped(transitions)} transitions in ${seconds.toFixed(1)} s ` +
    `(${cpu.toFixed(1)} CPU s): ${each(states, seconds)} states per second, ${each(states, cpu)} per CPU second`
  );
}
