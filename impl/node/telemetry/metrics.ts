import { eventTypes, type Listeners } from './channels.ts';
import type { EventMap, EventOf, EventType } from './telemetryEvents.ts';

/** The labels of a metric's series. Every series has `replica`, too. */
export type Labels = Readonly<Record<string, string | number>>;

/** A metric that events add to. Names are OpenTelemetry's. Histograms hold durations in seconds. */
export interface Metric {
  readonly kind: 'counter' | 'histogram';
  readonly name: string;
  readonly help: string;
}

interface EventMetric<Type extends EventType> extends Metric {
  readonly labels?: (event: EventMap[Type]) => Labels;
  /** By default a counter counts events, and a histogram records their durations. */
  readonly amount?: (event: EventMap[Type]) => number;
}

const counter = { kind: 'counter' } as const;
const histogram = { kind: 'histogram' } as const;

const eventMetrics: { readonly [Type in EventType]?: readonly EventMetric<Type>[] } = {
  'leadership-start': [
    { ...counter, name: 'viewstamped.leaderships', help: 'Views of which the replica became primary.' },
  ],
  'leadership-stop': [
    {
      ...{
        ...histogram,
        name: 'viewstamped.leadership.duration',
        help: 'How long the replica was primary of a view.',
      },
      labels: ({ reason }) => ({ reason }),
    },
  ],
  'view-change-start': [
    { ...counter, name: 'viewstamped.view.changes', help: 'View changes that the replica called.' },
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
      ...{ ...counter, name: 'viewstamped.messages.received', help: 'Messages that the replica received.' },
      labels: ({ message, outcome }) => ({ type: message.type, outcome }),
    },
  ],
  unsent: [{ ...counter, name: 'viewstamped.messages.unsent', help: 'Messages that could not be sent.' }],
  rejected: [
    { ...counter, name: 'viewstamped.messages.rejected', help: 'Input that the transport rejected.' },
  ],
  'request-refused': [
    {
      ...counter,
      name: 'viewstamped.requests.refused',
      help: 'Requests not taken, for the name of their client.',
      labels: ({ client, because }) => ({ client, because }),
    },
  ],
  'request-stop': [
    {
      ...histogram,
      name: 'viewstamped.request.duration',
      help: 'From the arrival of a request at the primary until its execution there.',
      labels: ({ outcome }) => ({ outcome }),
    },
  ],
  'request-forwarded': [
    { ...counter, name: 'viewstamped.requests.forwarded', help: 'Requests forwarded to the primary.' },
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
      help: 'Uncommitted entries that the next view did not keep.',
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
    { ...counter, name: 'viewstamped.checkpoints.restored', help: 'Checkpoints that the replica restored.' },
  ],
  'checkpoint-fetch-stop': [
    {
      ...histogram,
      name: 'viewstamped.checkpoint.fetch.duration',
      help: 'How long fetching a checkpoint took.',
    },
  ],
  'client-registered': [{ ...counter, name: 'viewstamped.clients.registered', help: 'Sessions begun.' }],
  'client-evicted': [
    { ...counter, name: 'viewstamped.clients.evicted', help: 'Sessions lost to other clients.' },
  ],
  'client-turned-away': [
    {
      ...counter,
      name: 'viewstamped.clients.turned_away',
      help: 'Requests not executed, because their session had ended.',
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
    { ...histogram, name: 'viewstamped.storage.write.duration', help: 'How long a write to storage took.' },
  ],
  'corruption-found': [
    { ...counter, name: 'viewstamped.storage.corruptions', help: 'Corruption found in storage.' },
  ],
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

/** Adds an amount to a metric. */
export type Add = (metric: Metric, labels: Labels, amount: number) => void;

/** The counters without labels of their own. */
const plainCounters = metrics.filter((metric) => metric.kind === 'counter' && !('labels' in metric));

/**
 * Listeners that add each event to its metrics. The counters without labels of their own begin with 0 when a replica starts, so
 * that their first event is an increase.
 */
export function metricListeners(add: Add): Listeners {
  return {
    ...Object.fromEntries(eventTypes.map((type) => [type, metricListener(type, add)])),
    started: ({ replicaNumber }) => {
      for (const metric of plainCounters) add(metric, { replica: replicaNumber }, 0);
    },
  };
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
