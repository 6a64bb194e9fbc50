import { columns, grouped } from '../../../impl/terminal/columns.ts';
import type { FaultOutage } from './outages.ts';
import type { TestResults } from './results.ts';

/** The results as lines of text, except for the verdict. */
export function reportLines({
  operations,
  latency,
  faults,
  unavailability,
  traffic,
}: TestResults): readonly string[] {
  const rows = Object.entries(operations).map(([f, { ok, fail, info, open }]) => {
    const { median, p95, p99, max } = latency[f] ?? {};
    const times = [median, p95, p99, max].map((time) => (time === undefined ? '' : time.toFixed(1)));
    return [f, ...[ok, fail, info, open].map(grouped), ...times];
  });
  const network = Object.entries(traffic).map(([what, count]) => `${grouped(count)} ${what}`);
  return [
    ...columns([['', 'ok', 'fail', 'info', 'open', 'median ms', '95 %', '99 %', 'max'], ...rows]),
    '',
    `Network: ${network.join(', ')}.`,
    ...(faults.length === 0 ? [] : ['', ...columns([titles, ...faults.map(rowOf)])]),
    ...(faults.some(({ isDisturbed }) => isDisturbed) ? ['* during another fault'] : []),
    '',
    `Longest unavailability while a majority was available: ${unavailability.toFixed(0)} ms without an ok answer.`,
  ];
}

const titles = ['fault', 'from s', 'to s', 'ok meanwhile', 'ms until any ok', 'ms until all ok'];

function rowOf({
  fault,
  from,
  until,
  okMeanwhile,
  untilAnyOk,
  untilAllOk,
  isDisturbed,
}: FaultOutage): readonly string[] {
  const seconds = (time: number | null): string => (time === null ? '' : (time / 1000).toFixed(1));
  const wait = (time: number | null): string => (time === null ? 'never' : time.toFixed(0));
  const waits =
    until === null ? ['', ''] : [wait(untilAnyOk), `${wait(untilAllOk)}${isDisturbed ? '*' : ''}`];
  return [fault, seconds(from), seconds(until), grouped(okMeanwhile), ...waits];
}
