import { runCommand } from '../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../impl/terminal/columns.ts';
import { seedFrom, seedOption, wholeNumber } from '../../impl/terminal/optionValues.ts';
import { Progress } from '../../impl/terminal/terminal.ts';
import { type CheckResult, check } from '../histories/check.ts';
import type { HistoryEvent } from '../histories/events/event.ts';
import { register } from '../histories/sequential/register.ts';
import { type HistoryShape, simulatedHistory } from '../histories/simulatedHistory.ts';
import { randomNumbers } from '../runs/schedules/random.ts';

const bounds = { configurations: 2_000_000, steps: 100_000_000 };

await runCommand(
  {
    command: 'npm run bench:linearizable',
    summary:
      'Measures the time to check simulated histories of ten clients, and of fifty on one key: with many keys or one, with few values or a new one\n' +
      'for each write, with more and more operations of unknown outcome, each without and with a stale read.',
    options: {
      operations: {
        type: 'string',
        value: 'N',
        default: '100000',
        help: 'the number of operations in a history',
      },
      seed: seedOption,
    },
  },
  ({ values }) => {
    const seed = seedFrom(values.seed);
    const operations = wholeNumber('--operations', values.operations, { min: 1000, max: 1_000_000 });
    console.log(`seed ${seed}`);
    const rows = [
      ['clients', 'keys', 'values', 'unknown outcomes', 'stale read', 'verdict', 'steps', 'seconds'],
    ];
    const progress = new Progress();
    for (const shape of shapes(operations)) {
      for (const isStale of [false, true]) {
        progress.show(() => `${rows.length} histories`);
        rows.push(measured(shape, isStale, seed));
      }
    }
    progress.clear();
    for (const line of columns(rows)) console.log(line);
    return 0;
  },
);

function shapes(operations: number): readonly HistoryShape[] {
  const keyed = [30, 1].flatMap((keys) =>
    [5, Infinity].map((values): HistoryShape => ({ operations, keys, clients: 10, values, infos: 1 })),
  );
  // On one key, all operations of unknown outcome are under way together, which makes the search hard.
  const open = [10, 50, 100, 200].map((infos): HistoryShape => {
    return { operations: Math.min(operations, 2000), keys: 1, clients: 10, values: Infinity, infos };
  });
  const crowded: HistoryShape = { operations: 1000, keys: 1, clients: 50, values: Infinity, infos: 0 };
  return [...keyed, ...open, crowded];
}

function measured(shape: HistoryShape, isStale: boolean, seed: number): string[] {
  const next = randomNumbers(seed);
  const simulated = simulatedHistory(shape, (below) => next() % below);
  const events = isStale ? withStaleRead(simulated) : simulated;
  const start = performance.now();
  const checked = check(events, register, bounds);
  const seconds = (performance.now() - start) / 1000;
  const { clients, keys, values } = shape;
  const unknown = events.filter(({ type }) => type === 'info').length;
  return [
    String(clients),
    String(keys),
    values === Infinity ? 'new' : String(values),
    grouped(unknown),
    isStale ? 'yes' : 'no',
    verdictOf(checked),
    grouped(checked.steps),
    seconds.toFixed(2),
  ];
}

function verdictOf({ verdict, keys }: CheckResult): string {
  const isRough = keys.some((key) => key.verdict === 'no' && !key.window.isSmallest);
  return isRough ? `${verdict}, smallest window not known` : verdict;
}

/** The history with one late read replaced by an early value of its key. With few values it may still be linearizable. */
function withStaleRead(events: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const reads = events.filter(({ f, type }) => f === 'read' && type === 'ok');
  const late = reads[Math.floor(0.95 * reads.length)];
  const early = reads
    .slice(0, Math.floor(0.5 * reads.length))
    .findLast(({ value }) => keyIn(value) === keyIn(late?.value ?? null));
  return events.map((event) =>
    event === late && early !== undefined ? { ...event, value: early.value } : event,
  );
}

function keyIn(value: HistoryEvent['value']): unknown {
  return Array.isArray(value) ? value[0] : undefined;
}
