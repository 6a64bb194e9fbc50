import { runCommand } from '../cli/arguments.ts';
import { columns, grouped } from '../cli/report.ts';
import { decimalNumber, seedFrom, seedOption } from '../cli/values.ts';
import { type Budget, nothing } from '../explore/bounds.ts';
import { Alone, type Crew } from '../explore/crew.ts';
import { exploreWith, type Progress, unlimited } from '../explore/explore.ts';
import { type Recipe, subjectBy } from '../explore/recipe.ts';
import { soundForAll, soundForCorrect } from '../explore/subject.ts';
import { Threads } from '../explore/threads.ts';

const budget: Budget = { ...nothing, requests: 2, timeouts: 1 };

/** Two requests and a timer, with the reductions that need no proof: there are more states than fit in the time. */
const recipe: Recipe = {
  ablation: null,
  setup: { replicas: 3, mode: 'durable', clients: 2 },
  claims: 'all',
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
      'Measures how fast the explorer goes through states, what they cost in time and memory as they get more, and what\n' +
      'a second thread is worth. Takes several minutes. Figures differ between runs; the ratios are what to look at.',
    options: {
      seconds: { type: 'string', value: 'S', default: '32', help: 'how long each exploration may take' },
      seed: { ...seedOption, help: 'changes nothing: an exploration leaves nothing to chance' },
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

/** What was found in how much time, of the clock and of all processors. */
interface Run {
  readonly states: number;
  readonly transitions: number;
  readonly seconds: number;
  readonly cpu: number;
}

async function measured(crew: Crew, seconds: number, tell: (now: Progress) => void = () => {}): Promise<Run> {
  const before = process.cpuUsage();
  const {
    states,
    transitions,
    seconds: taken,
  } = await exploreWith(crew, { ...unlimited, seconds }, { tell });
  const { user, system } = process.cpuUsage(before);
  await crew.close();
  return { states, transitions, seconds: taken, cpu: (user + system) / 1e6 };
}

async function growth(seconds: number): Promise<void> {
  console.log(
    '3 replicas, durable, 2 requests, 1 timeout, all claims, reductions clients and vain, one thread:\n',
  );
  const crew = new Alone(await subjectBy(recipe), 0);
  const rows: string[][] = [];
  const before = process.cpuUsage();
  let next = firstRow;
  const run = await measured(crew, seconds, ({ states, seconds: taken }) => {
    if (states < next) return;
    next *= 2;
    const { user, system } = process.cpuUsage(before);
    const bytes = Math.round(crew.search.bytes / states);
    rows.push([grouped(states), taken.toFixed(1), ((user + system) / 1e6).toFixed(1), String(bytes)]);
  });
  const heads = ['states', 'seconds', 'CPU seconds', 'bytes a state'];
  for (const line of columns([heads, ...rows])) console.log(line);
  console.log(`\n${rates(run)}\n`);
}

async function reductions(seconds: number): Promise<void> {
  console.log('The same with 2 timeouts and all reductions:');
  console.log(`${rates(await measured(new Alone(await subjectBy(reduced), 0), seconds))}\n`);
}

async function threads(seconds: number): Promise<void> {
  console.log(`Two threads beside one, ${rounds} times in turn:`);
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const one = await measured(await Threads.start(recipe, 0, 1), seconds);
    const two = await measured(await Threads.start(recipe, 0, 2), seconds);
    const ratio = two.states / two.seconds / (one.states / one.seconds);
    ratios.push(ratio);
    console.log(`  one: ${rates(one)}\n  two: ${rates(two)}\n  ${ratio.toFixed(2)} times the rate`);
  }
  const middle = ratios.toSorted((left, right) => left - right)[Math.floor(rounds / 2)] ?? 0;
  console.log(`Median: ${middle.toFixed(2)} times the rate.`);
}

function rates({ states, transitions, seconds, cpu }: Run): string {
  const each = (count: number, time: number) => grouped(Math.round(count / time));
  return (
    `${grouped(states)} states and ${grouped(transitions)} transitions in ${seconds.toFixed(1)} s ` +
    `(${cpu.toFixed(1)} CPU s): ${each(states, seconds)} states per second, ${each(states, cpu)} per CPU second`
  );
}
