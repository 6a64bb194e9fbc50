import type { Json } from '../../../impl/index.ts';
import type { HistoryEvent } from '../../histories/events/event.ts';
import { quantile } from '../../quantile.ts';
import { NodeFailure } from '../nodes/nodeMessage.ts';
import type { Environment, Traffic } from '../test/environment.ts';
import type { ProcessTest } from '../test/processTest.ts';
import type { TestSettings } from '../test/settings.ts';
import type { Verdict } from '../workload/workload.ts';
import { type FaultOutage, outagesOf } from './outages.ts';
import { longestUnavailability } from './unavailability.ts';

/** The number of operations of one name, by outcome. `open`: still under way when the test ended. */
interface OutcomeCounts {
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly open: number;
}

/** The latency of operations answered ok, in milliseconds. */
interface OperationLatency {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The results of a test. */
export interface TestResults extends Verdict {
  readonly operations: Readonly<Record<string, OutcomeCounts>>;
  readonly latency: Readonly<Record<string, OperationLatency>>;
  readonly faults: readonly FaultOutage[];
  /** In milliseconds: see `longestUnavailability`. */
  readonly unavailability: number;
  readonly traffic: Traffic;
  /** Why the test ended early, or null if it did not. */
  readonly failure: string | null;
}

/**
 * The results of a test that has ended. `end`: why it ended early, or undefined if it did not. `rejections`: the messages
 * that nodes rejected because no correct node sends them, as text.
 */
export async function resultsOf(
  test: ProcessTest,
  environment: Environment,
  settings: TestSettings,
  end: unknown,
  rejections: readonly string[] = [],
): Promise<TestResults> {
  const { events } = test.history;
  const spans = spansOf(events);
  return {
    ...(await verdictOf(test, settings, end, rejections)),
    operations: grouped(spans, countsOf),
    latency: grouped(
      spans.filter(({ type }) => type === 'ok'),
      latencyOf,
    ),
    faults: outagesOf(events, test.nemesis.injected(), settings.concurrency, environment.access),
    unavailability: longestUnavailability(events, test.nemesis.injected(), settings.nodes),
    traffic: environment.traffic(),
    failure: end === undefined ? null : failureText(end),
  };
}

/** An incorrect history makes the test invalid in any case. A correct one makes it valid only if the test was complete. */
async function verdictOf(
  test: ProcessTest,
  { workload }: TestSettings,
  end: unknown,
  rejections: readonly string[],
): Promise<Verdict> {
  const verdict = await workload.check(test.history.events);
  if (verdict.valid === false) return verdict;
  if (end instanceof NodeFailure) return { valid: false, explanation: 'A node failed.' };
  if (rejections.length > 0) {
    const reasons = [...new Set(rejections)].join('\n  ');
    return { valid: false, explanation: `Nodes rejected messages that no correct node sends:\n  ${reasons}` };
  }
  if (end !== undefined) return { valid: 'unknown', explanation: 'The test ended early.' };
  if (!test.hasRecovered)
    return { valid: 'unknown', explanation: 'No operation was answered ok after all faults had ended.' };
  if (test.unanswered.length > 0) {
    const operations = test.unanswered.map(({ f, value }) => `${f} ${JSON.stringify(value)}`).join(', ');
    return {
      valid: 'unknown',
      explanation: `These operations were never answered ok after all faults had ended: ${operations}.`,
    };
  }
  return verdict;
}

/** An operation from its invocation to its completion. */
interface OperationSpan {
  readonly f: string;
  readonly type: keyof OutcomeCounts;
  /** Milliseconds. */
  readonly length: number;
}

function spansOf(events: readonly HistoryEvent[]): readonly OperationSpan[] {
  const begun = new Map<HistoryEvent['process'], HistoryEvent>();
  const spans: OperationSpan[] = [];
  for (const event of events) {
    if (event.process === 'nemesis') continue;
    if (event.type === 'invoke') begun.set(event.process, event);
    else {
      const length = (event.time - (begun.get(event.process)?.time ?? event.time)) / 1e6;
      spans.push({ f: event.f, type: event.type, length });
      begun.delete(event.process);
    }
  }
  return [...spans, ...[...begun.values()].map(({ f }): OperationSpan => ({ f, type: 'open', length: 0 }))];
}

function grouped<Figure>(
  spans: readonly OperationSpan[],
  figure: (spans: readonly OperationSpan[]) => Figure,
): Readonly<Record<string, Figure>> {
  const names = [...new Set(spans.map(({ f }) => f))].toSorted();
  return Object.fromEntries(names.map((name) => [name, figure(spans.filter(({ f }) => f === name))]));
}

function countsOf(spans: readonly OperationSpan[]): OutcomeCounts {
  const count = (wanted: OperationSpan['type']): number => spans.filter(({ type }) => type === wanted).length;
  return { ok: count('ok'), fail: count('fail'), info: count('info'), open: count('open') };
}

function latencyOf(spans: readonly OperationSpan[]): OperationLatency {
  const lengths = spans.map(({ length }) => length);
  const at = (share: number): number => Math.round(quantile(lengths, share) * 1000) / 1000;
  return { median: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function failureText(end: unknown): string {
  return end instanceof Error ? end.message : String(end);
}

/** The settings as they are stored with the results, including the whole plan of faults. */
export function settingsData(settings: TestSettings): { readonly [name: string]: Json } {
  const { seed, nodes, concurrency, rate, duration, recovery, networkConditions, plan } = settings;
  const { latency, distribution, loss, duplication } = networkConditions;
  return {
    ...{ seed, nodes, concurrency, rate, duration, recovery, latency, distribution, loss, duplication },
    plan: plan.map((fault) => ({ ...fault })),
  };
}
