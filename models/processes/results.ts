import type { Json } from '../../impl/index.ts';
import type { HistoryEvent } from '../histories/history.ts';
import { quantile } from '../quantile.ts';
import { type Outage, outagesOf } from './availability.ts';
import type { Environment, Traffic } from './environment.ts';
import { NodeFailure } from './message.ts';
import type { ProcessTest, Settings } from './test.ts';
import { longestUnavailability } from './unavailability.ts';
import type { Judgement } from './workload.ts';

/** How many operations of one name there were, by what became of them. `open`: cut off by the end of the test. */
export interface Counts {
  readonly ok: number;
  readonly fail: number;
  readonly info: number;
  readonly open: number;
}

/** How long operations took that were answered ok, in milliseconds. */
export interface Latency {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly most: number;
}

/** What came of a test. */
export interface Results extends Judgement {
  readonly operations: Readonly<Record<string, Counts>>;
  readonly latency: Readonly<Record<string, Latency>>;
  readonly faults: readonly Outage[];
  /** The longest time without an answer while a majority was well, in milliseconds: see `longestDrought`. */
  readonly unavailability: number;
  readonly traffic: Traffic;
  /** Why the test ended before its time, or null if it did not. */
  readonly failure: string | null;
}

/**
 * Looks at a test that is over. `end`: why it ended before its time, if it did. `refusals`: what nodes said of messages that
 * no correct node can have sent, and that must not be.
 */
export async function resultsOf(
  processTest: ProcessTest,
  environment: Environment,
  settings: Settings,
  end: unknown,
  refusals: readonly string[] = [],
): Promise<Results> {
  const { events } = processTest.history;
  const spans = spansOf(events);
  return {
    ...(await judgementOf(processTest, settings, end, refusals)),
    operations: grouped(spans, countsOf),
    latency: grouped(
      spans.filter(({ type }) => type === 'ok'),
      latencyOf,
    ),
    faults: outagesOf(events, processTest.nemesis.suffered(), settings.concurrency, environment.access),
    unavailability: longestUnavailability(events, processTest.nemesis.suffered(), settings.nodes),
    traffic: environment.traffic(),
    failure: end === undefined ? null : messageOf(end),
  };
}

/** A broken promise is one whatever else happened; but that none was seen broken means little if not all was seen. */
async function judgementOf(
  processTest: ProcessTest,
  { workload }: Settings,
  end: unknown,
  refusals: readonly string[],
): Promise<Judgement> {
  const judgement = await workload.judge(processTest.history.events);
  if (judgement.valid === false) return judgement;
  if (end instanceof NodeFailure) return { valid: false, explanation: 'A node failed.' };
  if (refusals.length > 0) {
    const said = [...new Set(refusals)].join('\n  ');
    return { valid: false, explanation: `Nodes were sent what no correct node can have sent:\n  ${said}` };
  }
  if (end !== undefined) return { valid: 'unknown', explanation: 'It was cut short.' };
  if (!processTest.hasRecovered)
    return { valid: 'unknown', explanation: 'Nothing was answered any more when all faults had ended.' };
  if (processTest.unanswered.length > 0) {
    const asked = processTest.unanswered.map(({ f, value }) => `${f} ${JSON.stringify(value)}`).join(', ');
    return { valid: 'unknown', explanation: `Nobody answered, when all faults had ended: ${asked}.` };
  }
  return judgement;
}

/** An operation from its beginning to its end. */
interface Span {
  readonly f: string;
  readonly type: keyof Counts;
  /** Milliseconds. */
  readonly length: number;
}

function spansOf(events: readonly HistoryEvent[]): readonly Span[] {
  const begun = new Map<HistoryEvent['process'], HistoryEvent>();
  const spans: Span[] = [];
  for (const event of events) {
    if (event.process === 'nemesis') continue;
    if (event.type === 'invoke') begun.set(event.process, event);
    else {
      const length = (event.time - (begun.get(event.process)?.time ?? event.time)) / 1e6;
      spans.push({ f: event.f, type: event.type, length });
      begun.delete(event.process);
    }
  }
  return [...spans, ...[...begun.values()].map(({ f }): Span => ({ f, type: 'open', length: 0 }))];
}

function grouped<Figure>(
  spans: readonly Span[],
  figure: (spans: readonly Span[]) => Figure,
): Readonly<Record<string, Figure>> {
  const names = [...new Set(spans.map(({ f }) => f))].toSorted();
  return Object.fromEntries(names.map((name) => [name, figure(spans.filter(({ f }) => f === name))]));
}

function countsOf(spans: readonly Span[]): Counts {
  const count = (wanted: Span['type']): number => spans.filter(({ type }) => type === wanted).length;
  return { ok: count('ok'), fail: count('fail'), info: count('info'), open: count('open') };
}

function latencyOf(spans: readonly Span[]): Latency {
  const lengths = spans.map(({ length }) => length);
  const at = (share: number): number => Math.round(quantile(lengths, share) * 1000) / 1000;
  return { median: at(0.5), p95: at(0.95), p99: at(0.99), most: at(1) };
}

function messageOf(end: unknown): string {
  return end instanceof Error ? end.message : String(end);
}

/** The settings as they are kept beside the results, with the whole plan of the faults. */
export function settingsData(settings: Settings): { readonly [name: string]: Json } {
  const { seed, nodes, concurrency, rate, duration, recovery, networkConditions, plan } = settings;
  const { latency, distribution, loss, duplication } = networkConditions;
  return {
    ...{ seed, nodes, concurrency, rate, duration, recovery, latency, distribution, loss, duplication },
    plan: plan.map((fault) => ({ ...fault })),
  };
}
