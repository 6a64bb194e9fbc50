import { clusterStatus, type ReplicaReport } from '../node/client/clusterStatus.ts';
import { healthOf } from '../node/client/groupHealth.ts';
import { formatAddress } from '../node/cluster/address.ts';
import { keyValueService } from '../service/keyValue.ts';
import { runCommand } from '../terminal/arguments.ts';
import { milliseconds } from '../terminal/optionValues.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';

/** `viewstamped status`: shows the status of every replica of a cluster. */
export function status(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped status',
      summary:
        'Shows the status of every replica of a cluster.\n' +
        'Exit codes: 0 the group serves: a majority is normal in one view, its primary among them; 1 otherwise; 2 usage.',
      options: {
        ...clusterOptions,
        timeout: { type: 'string', value: 'MS', default: '2000', help: 'how long to wait for an answer' },
        json: { type: 'boolean', help: 'print the reports as JSON' },
      },
    },
    async ({ values }) => {
      const cluster = clusterFromOptions(values, 'client');
      const reports = await clusterStatus(
        cluster,
        keyValueService,
        milliseconds('--timeout', values.timeout),
      );
      const lines = values.json
        ? [JSON.stringify(reports, null, 2)]
        : table(reports, cluster.addresses.map(formatAddress));
      process.stdout.write(`${lines.join('\n')}\n`);
      const { serves, sentences } = healthOf(reports);
      if (!serves) process.stderr.write(sentences.map((text) => `viewstamped status: ${text}\n`).join(''));
      else if (values.json !== true) process.stdout.write(`\n${sentences.join('\n')}\n`);
      return serves ? 0 : 1;
    },
    argv,
  );
}

const header = [
  'replica',
  'address',
  'status',
  'role',
  'view',
  'op',
  'commit',
  'lag',
  'checkpoint',
  'sessions',
  'starts',
];

function table(reports: readonly ReplicaReport[], addresses: readonly string[]): readonly string[] {
  // The lag is counted from the highest commit-number reported.
  const commits = reports.map((report) => (report.type === 'status' ? report.commitNumber : 0));
  const latest = Math.max(0, ...commits);
  const rows = reports.map((report, number): readonly string[] => {
    const address = addresses[number] ?? '';
    if (report.type === 'silent') return [String(number), address, `silent: ${report.reason}`];
    const { status, role, viewNumber, opNumber, commitNumber, checkpoint, sessions, incarnation } = report;
    const numbers = [
      viewNumber,
      opNumber,
      commitNumber,
      latest - commitNumber,
      checkpoint,
      sessions,
      incarnation,
    ];
    return [String(number), address, status, role, ...numbers.map(String)];
  });
  // The reason of a silent replica is the last cell of its row, and runs on over the columns that follow.
  const aligned = [header, ...rows.map((row) => (row.length < header.length ? row.slice(0, -1) : row))];
  const widths = header.map((_, column) => Math.max(...aligned.map((row) => row[column]?.length ?? 0)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
