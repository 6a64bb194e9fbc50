import { eventTypes, type Listeners } from './channels.ts';
import type { Labels } from './metrics.ts';
import type { EventContext } from './telemetryEvents.ts';

/** What can be read off at any time. Names are OpenTelemetry's. */
export const gaugeDescriptions = {
  view: { name: 'viewstamped.view', help: 'The view-number.' },
  op: { name: 'viewstamped.op', help: 'The op-number: how many entries the log has.' },
  commit: { name: 'viewstamped.commit', help: 'The commit-number: how many entries are executed.' },
  normal: { name: 'viewstamped.normal', help: '1 while the status is normal, else 0.' },
  primary: { name: 'viewstamped.primary', help: '1 while the replica leads its view, else 0.' },
  lag: {
    name: 'viewstamped.lag',
    help: 'How many entries the replica `of` lacks: what is committed, or at the primary, ordered.',
  },
} as const;

/** The name of a level. */
export type GaugeName = keyof typeof gaugeDescriptions;

/** One reading of a level. */
export interface GaugeValue {
  readonly labels: Labels;
  readonly value: number;
}

/** Follows the events, and so knows how each replica of this process that still runs is. */
export class Gauges {
  private readonly runs = new Map<
    string,
    { readonly standing: EventContext; readonly lags: Map<number, number> }
  >();

  /** By which it follows them. */
  readonly listeners: Listeners = {
    ...Object.fromEntries(eventTypes.map((type) => [type, (event: EventContext) => void this.lagsOf(event)])),
    stopped: ({ run }) => void this.runs.delete(run),
    lag: (event) => void this.lagsOf(event).set(event.of, event.entries),
    // What it lacks itself, and what the others do, changes with the view.
    'view-changed': (event) => this.lagsOf(event).clear(),
    'leadership-stop': (event) => this.lagsOf(event).clear(),
  };

  private lagsOf(standing: EventContext): Map<number, number> {
    const lags = this.runs.get(standing.run)?.lags ?? new Map<number, number>();
    this.runs.set(standing.run, { standing, lags });
    return lags;
  }

  /** How it is now, at each replica. */
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

/** All levels. */
export const gaugeNames: readonly GaugeName[] = ['view', 'op', 'commit', 'normal', 'primary', 'lag'];
