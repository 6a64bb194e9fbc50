import { eventTypes, type Listeners } from './channels.ts';
import type { Labels } from './metrics.ts';
import type { EventContext } from './telemetryEvents.ts';

/** The gauges, by name. Their `name` is OpenTelemetry's. */
export const gaugeDescriptions = {
  view: { name: 'viewstamped.view', help: 'The view-number.' },
  op: { name: 'viewstamped.op', help: 'The op-number: the number of entries in the log.' },
  commit: { name: 'viewstamped.commit', help: 'The commit-number: the number of executed entries.' },
  normal: { name: 'viewstamped.normal', help: '1 while the status is normal, else 0.' },
  primary: {
    name: 'viewstamped.primary',
    help: '1 while the replica is the primary with status normal, else 0.',
  },
  lag: {
    name: 'viewstamped.lag',
    help: 'Entries that the replica `of` lacks: committed ones, or as its primary counts, ordered ones.',
  },
} as const;

/** The name of a gauge. */
export type GaugeName = keyof typeof gaugeDescriptions;

/** The value of a gauge, with its labels. */
export interface GaugeValue {
  readonly labels: Labels;
  readonly value: number;
}

/** Computes the gauges of all running replicas of this process from their events. */
export class Gauges {
  private readonly runs = new Map<
    string,
    { readonly standing: EventContext; readonly lags: Map<number, number> }
  >();

  /** The listeners by which it receives events. */
  readonly listeners: Listeners = {
    ...Object.fromEntries(eventTypes.map((type) => [type, (event: EventContext) => void this.lagsOf(event)])),
    stopped: ({ run }) => void this.runs.delete(run),
    lag: (event) => void this.lagsOf(event).set(event.of, event.entries),
    // The lag of a replica, and that of its backups, refers to one view.
    'view-changed': (event) => this.lagsOf(event).clear(),
    'leadership-stop': (event) => this.lagsOf(event).clear(),
  };

  private lagsOf(standing: EventContext): Map<number, number> {
    const lags = this.runs.get(standing.run)?.lags ?? new Map<number, number>();
    this.runs.set(standing.run, { standing, lags });
    return lags;
  }

  /** The present values of a gauge, one for each replica; of `lag`, one for each pair. */
  read(level: GaugeName): readonly GaugeValue[] {
    return [...this.runs.values()].flatMap(({ standing, lags }): readonly GaugeValue[] => {
      const replica = standing.replicaNumber;
      if (level === 'lag') return [...lags].map(([of, value]) => ({ labels: { replica, of }, value }));
      return [{ labels: { replica }, value: levelOf(level, standing) }];
    });
  }
}

function levelOf(level: Exclude<GaugeName, 'lag'>, standing: EventContext): number {
  const isNormal = standing.status === 'normal';
  switch (level) {
    case 'view':
      return standing.viewNumber;
    case 'op':
      return standing.opNumber;
    case 'commit':
      return standing.commitNumber;
    case 'normal':
      return isNormal ? 1 : 0;
    case 'primary':
      return isNormal && standing.role === 'primary' ? 1 : 0;
  }
}

/** The names of all gauges. */
export const gaugeNames: readonly GaugeName[] = ['view', 'op', 'commit', 'normal', 'primary', 'lag'];
