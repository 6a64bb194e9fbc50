import { inWords } from '../outage/outage.ts';
import { clustersProblem, type StatusReport } from '../tcp/handshake.ts';
import type { ReplicaReport } from './clusterStatus.ts';

/** Whether a group serves its clients, by what its replicas report. */
export interface GroupHealth {
  /** Whether a majority is normal in one view, its primary among them, and nothing contradicts that they are one group. */
  readonly serves: boolean;
  /** What there is, and what is needed, as sentences for an operator. */
  readonly sentences: readonly string[];
}

/** Judges the reports of all replicas of a group, ordered by their numbers. */
export function healthOf(reports: readonly ReplicaReport[]): GroupHealth {
  const wrong = wrongAddresses(reports);
  const quorum = reports.length - Math.floor((reports.length - 1) / 2);
  const serving = servingView(reports, quorum);
  const most = mostInOneView(reports);
  const verdict =
    serving !== undefined
      ? `The group serves: ${replicas(serving.map(({ replicaNumber }) => replicaNumber))} normal in view ${serving[0]?.viewNumber}.`
      : reports.every(({ type }) => type === 'silent')
        ? 'No replica tells its status here, so whether the group serves is not known.'
        : `The group does not serve: ${most} of ${reports.length} replicas ${most === 1 ? 'is' : 'are'} normal in one view, and ${quorum} are needed, the primary among them.`;
  return {
    serves: serving !== undefined && wrong.length === 0,
    sentences: [
      ...wrong,
      ...(wrong.length > 0 && serving !== undefined ? [] : [verdict]),
      ...outages(reports),
    ],
  };
}

function wrongAddresses(reports: readonly ReplicaReport[]): readonly string[] {
  const clusters = clustersProblem(
    new Map(reports.map((report, number) => [number, report.type === 'status' ? report.cluster : null])),
  );
  const swapped = reports.flatMap((report, number) =>
    report.type === 'silent' && report.answeredBy !== undefined
      ? [
          `Replica ${report.answeredBy} answers at the address of replica ${number}: write the addresses in the order that the servers have.`,
        ]
      : [],
  );
  return clusters === undefined ? swapped : [clusters, ...swapped];
}

/** The replicas that are normal in the view of a normal primary, if they make a quorum. */
function servingView(reports: readonly ReplicaReport[], quorum: number): readonly StatusReport[] | undefined {
  const normal = normalOnes(reports);
  return normal
    .filter(({ role }) => role === 'primary')
    .map(({ viewNumber }) => normal.filter((one) => one.viewNumber === viewNumber))
    .find((view) => view.length >= quorum);
}

function mostInOneView(reports: readonly ReplicaReport[]): number {
  const normal = normalOnes(reports);
  return Math.max(
    0,
    ...normal.map(({ viewNumber }) => normal.filter((one) => one.viewNumber === viewNumber).length),
  );
}

function normalOnes(reports: readonly ReplicaReport[]): readonly StatusReport[] {
  return reports.flatMap((report) =>
    report.type === 'status' && report.status === 'normal' ? [report] : [],
  );
}

/** What the replicas that take no part say of that, and which are silent; those that say the same, together. */
function outages(reports: readonly ReplicaReport[]): readonly string[] {
  const numbers = new Map<string, number[]>();
  for (const [number, report] of reports.entries()) {
    const text = outageOf(report);
    if (text !== undefined) numbers.set(text, [...(numbers.get(text) ?? []), number]);
  }
  return [...numbers].map(([text, of]) => `Replica${of.length === 1 ? '' : 's'} ${of.join(', ')}${text}`);
}

function outageOf(report: ReplicaReport): string | undefined {
  if (report.type === 'silent') return report.answeredBy === undefined ? `: ${report.reason}.` : undefined;
  if (report.outage !== undefined) return `, for ${inWords(report.outage.duration)}: ${report.outage.text}`;
  return report.status === 'normal' ? undefined : `: ${report.status}.`;
}

function replicas(numbers: readonly number[]): string {
  return numbers.length === 1 ? `replica ${numbers[0]} is` : `replicas ${numbers.join(', ')} are`;
}
