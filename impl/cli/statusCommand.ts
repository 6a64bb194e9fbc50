import { clusterStatus, type ReplicaReport } from '../node/client/clusterStatus.ts';
import { formatAddress } from '../node/cluster/address.ts';
import { keyValueService } from '../service/keyValue.ts';
import { runCommand } from '../terminal/arguments.ts';
import { clusterFromOptions, clusterOptions } from './clusterOptions.ts';
import { millisecondsGiven } from './given.ts';

/** `viewstamped status`: how every replica of a cluster is. */
export function status(argv: readonly string[]): Promise<void> {
  return runCommand(
    {
      command: 'viewstamped status',
      summary:
        'Shows how every replica of a cluster is.\n' +
        'Exit codes: 0 there is a primary, and all answer; 1 otherwise; 2 usage.',
      options: {
        ...clusterOptions,
        timeout: { type: 'string', value: 'MS', default: '2000', help: 'how long to wait for an answer' },
        json: { type: 'boolean', help: 'print the findings as JSON' },
      },
    },
    async ({ values }) => {
      const cluster = clusterFromOptions(values, 'client');
      const findings = await clusterStatus(
        cluster,
        keyValueService,
        millisecondsGiven('--timeout', values.timeout),
      );
      const lines = values.json
        ? [JSON.stringify(findings, null, 2)]
        : table(findings, cluster.addresses.map(formatAddress));
      process.stdout.write(`${lines.join('\n')}\n`);
      return isWell(findings) ? 0 : 1;
    },
    argv,
  );
}

function isWell(findings: readonly ReplicaReport[]): boolean {
  const all = findings.flatMap((finding) => (finding.type === 'status' ? [finding] : []));
  return (
    all.length === findings.length &&
    all.some(({ role, status }) => role === 'primary' && status === 'normal')
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

function table(findings: readonly ReplicaReport[], addresses: readonly string[]): readonly string[] {
  // How far the others are behind whoever knows of most.
  const commits = findings.map((finding) => (finding.type === 'status' ? finding.commitNumber : 0));
  const latest = Math.max(0, ...commits);
  const rows = findings.map((finding, number): readonly string[] => {
    const address = addresses[number] ?? '';
    if (finding.type === 'silent') return [String(number), address, `silent: ${finding.reason}`];
    const { status, role, viewNumber, opNumber, commitNumber, checkpoint, sessions, incarnation } = finding;
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
  const full = [header, ...rows.filter((row) => row.length === header.length)];
  const widths = header.map((_, column) => Math.max(...full.map((row) => row[column]?.length ?? 0)));
  return [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
