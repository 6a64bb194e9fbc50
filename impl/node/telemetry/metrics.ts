import { eventTypes, type Listeners } from './channels.ts';
import type { EventMap, EventOf, EventType } from './telemetryEvents.ts';

/** By what a metric is told apart. Every metric has `replica` besides. */
export type Labels = Readonly<Record<string, string | number>>;

/** A metric that events add to. Names are OpenTelemetry's; histograms are of durations, in seconds. */
export interface Metric {
  readonly kind: 'counter' | 'histogram';
  readonly name: string;
  readonly help: string;
}

interface EventMetric<Type extends EventType> extends Metric {
  readonly labels?: (event: EventMap[Type]) => Labels;
  /** By default a counter counts events, and a histogram takes their durations. */
  readonly amount?: (event: EventMap[Type]) => number;
}

const counter = { kind: 'counter' } as const;
const histogram = { kind: 'histogram' } as const;

const eventMetrics: { readonly [Type in EventType]?: readonly EventMetric<Type>[] } = {
  'leadership-start': [
    { ...counter, name: 'viewstamped.leaderships', help: 'Views that the replica began to lead.' },
  ],
  'leadership-stop': [
    {
      ...{ ...histogram, name: 'viewstamped.leadership.duration', help: 'How long the replica led a view.' },
      labels: ({ reason }) => ({ reason }),
    },
  ],
  'view-change-start': [
    { ...counter, name: 'viewstamped.view.changes', help: 'Later views that the replica called for.' },
  ],
  'view-change-stop': [
    {
      ...histogram,
      name: 'viewstamped.view.change.duration',
      help: 'From the first call for a later view until the status was normal again.',
    },
  ],
  sent: [
    {
      ...{ ...counter, name: 'viewstamped.messages.sent', help: 'Messages given to the transport.' },
      labels: ({ message }) => ({ type: message.type }),
    },
  ],
  received: [
    {
      ...{ ...counter, name: 'viewstamped.messages.received', help: 'Messages that came to the replica.' },
      labels: ({ message, outcome }) => ({ type: message.type, outcome }),
    },
  ],
  unsent: [{ ...counter, name: 'viewstamped.messages.unsent', help: 'Messages for which there was no way.' }],
  refused: [
    { ...counter, name: 'viewstamped.messages.refused', help: 'What came and was refused by the transport.' },
  ],
  'request-stop': [
    {
      ...histogram,
      name: 'viewstamped.request.duration',
      help: 'From a request at the primary until it has executed it.',
      labels: ({ outcome }) => ({ outcome }),
    },
  ],
  'request-forwarded': [
    { ...counter, name: 'viewstamped.requests.forwarded', help: 'Requests passed on to the primary.' },
  ],
  'request-answered': [
    { ...counter, name: 'viewstamped.requests.answered', help: 'Requests answered from the client-table.' },
  ],
  committed: [
    {
      ...{ ...counter, name: 'viewstamped.entries.committed', help: 'Entries that the replica executed.' },
      amount: ({ from, to }) => to - from,
    },
  ],
  'log-conflict': [
    {
      ...counter,
      name: 'viewstamped.entries.lost',
      help: 'Uncommitted entries that were none of the next view.',
      amount: ({ lost }) => lost,
    },
  ],
  'execution-stop': [
    {
      ...histogram,
      name: 'viewstamped.execution.duration',
      help: 'How long the service took to execute an operation.',
    },
  ],
  'execution-exception': [
    { ...counter, name: 'viewstamped.execution.exceptions', help: 'Operations at which the service threw.' },
  ],
  'state-transfer-stop': [
    { ...histogram, name: 'viewstamped.state.transfer.duration', help: 'How long fetching a log took.' },
  ],
  'recovery-stop': [{ ...histogram, name: 'viewstamped.recovery.duration', help: 'How long recovery took.' }],
  'checkpoint-taken': [
    { ...counter, name: 'viewstamped.checkpoints.taken', help: 'Checkpoints that the replica took.' },
  ],
  'checkpoint-restored': [
    { ...counter, name: 'viewstamped.checkpoints.restored', help: 'Checkpoints that were taken over.' },
  ],
  'checkpoint-fetch-stop': [
    {
      ...histogram,
      name: 'viewstamped.checkpoint.fetch.duration',
      help: 'How long fetching a checkpoint took.',
    },
  ],
  'client-registered': [
    { ...counter, name: 'viewstamped.clients.registered', help: 'Sessions that were begun.' },
  ],
  'client-evicted': [
    { ...counter, name: 'viewstamped.clients.evicted', help: 'Sessions lost to other clients.' },
  ],
  'client-turned-away': [
    {
      ...counter,
      name: 'viewstamped.clients.turned_away',
      help: 'Requests not executed, because their session was over.',
    },
  ],
  'timer-fired': [
    {
      ...{ ...counter, name: 'viewstamped.timers.fired', help: 'Timers that fired.' },
      labels: ({ timer }) => ({ timer }),
    },
  ],
  written: [
    {
      ...{ ...counter, name: 'viewstamped.storage.records', help: 'Records that became durable.' },
      amount: ({ records }) => records,
    },
    { ...histogram, name: 'viewstamped.storage.write.duration', help: 'How long storage took for a write.' },
  ],
  'damage-found': [{ ...counter, name: 'viewstamped.storage.damages', help: 'Harm found in storage.' }],
  connection: [
    {
      ...{ ...counter, name: 'viewstamped.connections', help: 'Connections made and lost.' },
      labels: ({ state }) => ({ state }),
    },
  ],
  alarm: [{ ...counter, name: 'viewstamped.alarms', help: 'Alarms: look at the log of the server.' }],
};

/** All metrics that events add to. */
export const metrics: readonly Metric[] = eventTypes.flatMap(
  (type): readonly Metric[] => eventMetrics[type] ?? [],
);

/** Says what is added to which metric. */
export type Add = (metric: Metric, labels: Labels, amount: number) => void;

/** Listeners that feed the metrics. */
export function metricListeners(add: Add): Listeners {
  return Object.fromEntries(eventTypes.map((type) => [type, metricListener(type, add)]));
}

function metricListener<Type extends EventType>(
  type: Type,
  add: Add,
): ((event: EventOf<Type>) => void) | undefined {
  const every = eventMetrics[type];
  return (
    every &&
    ((event) => {
      for (const metric of every) {
        const labels = { replica: event.replicaNumber, ...metric.labels?.(event) };
        add(metric, labels, metric.amount?.(event) ?? defaultAmount(metric, event));
      }
    })
  );
}

function defaultAmount({ kind }: Metric, event: object): number {
  if (kind === 'counter') return 1;
  return 'duration' in event && typeof event.duration === 'number' ? event.duration / 1000 : 0;
}
