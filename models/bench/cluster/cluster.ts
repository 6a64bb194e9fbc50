import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand, UsageError } from '../../../impl/terminal/arguments.ts';
import { columns, grouped } from '../../../impl/terminal/columns.ts';
import { decimalNumber, wholeNumber } from '../../../impl/terminal/optionValues.ts';
import { Progress } from '../../../impl/terminal/terminal.ts';
import { median } from '../../quantile.ts';
import { type LoadFigures, loadOf } from './load.ts';
import { bareQuorum, type MeasuredSystem, ownCluster } from './systems.ts';

await runCommand(
  {
    command: 'npm run bench:cluster',
    summary:
      'Times a cluster of three server processes on this machine, and in turns with it three processes that do only what any\n' +
      'quorum must: take an operation, write it twice, answer. Prints medians over the rounds.',
    options: {
      clients: { type: 'string', value: 'LIST', default: '1,16,64,256', help: 'how many ask at a time' },
      seconds: {
        type: 'string',
        value: 'S',
        default: '2',
        help: 'how long each of them is asked in each round',
      },
      rounds: { type: 'string', value: 'N', default: '5', help: 'how many rounds there are' },
    },
  },
  async ({ values }) => {
    const counts = values.clients
      .split(',')
      .map((text) => wholeNumber('--clients', text, { min: 1, max: 1000 }));
    if (counts.length === 0) throw new UsageError('--clients needs a number.');
    const seconds = decimalNumber('--seconds', values.seconds, { min: 0.1, max: 600 });
    const rounds = wholeNumber('--rounds', values.rounds, { min: 1, max: 1000 });
    const directory = mkdtempSync(join(tmpdir(), 'viewstamped-bench-'));
    const stages: MeasuredSystem[] = [];
    const end = async (): Promise<void> => {
      await Promise.all(stages.map((stage) => stage.end()));
      rmSync(directory, { recursive: true, force: true });
    };
    process.once('SIGINT', () => void end().then(() => process.exit(130)));
    const progress = new Progress();
    try {
      for (const mode of ['diskless', 'durable'] as const) {
        stages.push(await ownCluster(mode, directory), await bareQuorum(mode, directory));
        const rows = [
          ['clients', 'what', 'operations a second', 'p50 ms', 'p99 ms', 'of the ceiling', 'p50 against it'],
        ];
        for (const count of counts) {
          const step = (text: string): void => progress.show(() => `${mode}, ${count} clients, ${text}`);
          rows.push(...(await compared(stages, count, 1000 * seconds, rounds, step)));
        }
        progress.clear();
        for (const line of [mode, ...columns(rows), '']) console.log(line);
        await Promise.all(stages.splice(0).map((stage) => stage.end()));
      }
    } finally {
      progress.clear();
      await end();
    }
    return 0;
  },
);

/** A row for each stage. They take turns, so that whatever else the machine does slows both alike. */
async function compared(
  stages: readonly MeasuredSystem[],
  count: number,
  duration: number,
  rounds: number,
  step: (text: string) => void,
): Promise<string[][]> {
  const parties = stages.map((stage) => {
    const loads: LoadFigures[] = [];
    return { stage, loads, clients: Array.from({ length: count }, () => stage.client()) };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { stage, clients, loads } of parties) {
      step(`${stage.name}, round ${round + 1} of ${rounds}`);
      loads.push(await loadOf(clients, duration));
    }
  }
  const figures = parties.map(({ loads }) => ({
    rate: median(loads.map(({ operationsPerSecond }) => operationsPerSecond)),
    p50: median(loads.map(({ p50 }) => p50)),
    p99: median(loads.map(({ p99 }) => p99)),
  }));
  const ceiling = figures.at(-1);
  return figures.map(({ rate, p50, p99 }, index) => [
    String(count),
    parties[index]?.stage.name ?? '',
    grouped(Math.round(rate)),
    p50.toFixed(2),
    p99.toFixed(2),
    (rate / (ceiling?.rate ?? Number.NaN)).toFixed(2),
    (p50 / (ceiling?.p50 ?? Number.NaN)).toFixed(2),
  ]);
}
