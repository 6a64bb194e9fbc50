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
      'Measures a cluster of three server processes on this machine, in turns with a bare quorum: three processes that only do\n' +
      'what every quorum must (take an operation, write it twice, answer). Prints medians over the rounds.',
    options: {
      clients: { type: 'string', value: 'LIST', default: '1,16,64,256', help: 'the numbers of clients' },
      seconds: {
        type: 'string',
        value: 'S',
        default: '2',
        help: 'the length of each measurement',
      },
      rounds: { type: 'string', value: 'N', default: '5', help: 'the number of rounds' },
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
    const systems: MeasuredSystem[] = [];
    const end = async (): Promise<void> => {
      await Promise.all(systems.map((system) => system.end()));
      rmSync(directory, { recursive: true, force: true });
    };
    process.once('SIGINT', () => void end().then(() => process.exit(130)));
    const progress = new Progress();
    try {
      for (const mode of ['diskless', 'durable'] as const) {
        systems.push(await ownCluster(mode, directory), await bareQuorum(mode, directory));
        const rows = [
          ['clients', 'what', 'operations a second', 'p50 ms', 'p99 ms', 'of the ceiling', 'p50 against it'],
        ];
        for (const count of counts) {
          const step = (text: string): void => progress.show(() => `${mode}, ${count} clients, ${text}`);
          rows.push(...(await compared(systems, count, 1000 * seconds, rounds, step)));
        }
        progress.clear();
        for (const line of [mode, ...columns(rows), '']) console.log(line);
        await Promise.all(systems.splice(0).map((system) => system.end()));
      }
    } finally {
      progress.clear();
      await end();
    }
    return 0;
  },
);

/** A row for each system. They take turns, so that other load on the machine affects both alike. */
async function compared(
  systems: readonly MeasuredSystem[],
  count: number,
  duration: number,
  rounds: number,
  step: (text: string) => void,
): Promise<string[][]> {
  const measured = systems.map((system) => {
    const loads: LoadFigures[] = [];
    return { system, loads, clients: Array.from({ length: count }, () => system.client()) };
  });
  for (let round = 0; round < rounds; round++) {
    for (const { system, clients, loads } of measured) {
      step(`${system.name}, round ${round + 1} of ${rounds}`);
      loads.push(await loadOf(clients, duration));
    }
  }
  const figures = measured.map(({ loads }) => ({
    rate: median(loads.map(({ operationsPerSecond }) => operationsPerSecond)),
    p50: median(loads.map(({ p50 }) => p50)),
    p99: median(loads.map(({ p99 }) => p99)),
  }));
  const ceiling = figures.at(-1);
  return figures.map(({ rate, p50, p99 }, index) => [
    String(count),
    measured[index]?.system.name ?? '',
    grouped(Math.round(rate)),
    p50.toFixed(2),
    p99.toFixed(2),
    (rate / (ceiling?.rate ?? Number.NaN)).toFixed(2),
    (p50 / (ceiling?.p50 ?? Number.NaN)).toFixed(2),
  ]);
}
