import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { listen } from '../../impl/node/telemetry/channels.ts';
import { metricListeners } from '../../impl/node/telemetry/metrics.ts';
import { PrometheusRegistry } from '../../impl/node/telemetry/prometheus.ts';
import { root } from '../root.ts';
import { parsed, type Sample } from './prometheusText.ts';
import { parsedExpression } from './promql.ts';
import { scenarios } from './scenarios.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+m$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
  annotations: z.strictObject({ summary: z.string() }),
});
const { groups } = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) })
  .parse(parse(read('impl/node/telemetry/files/alerts.yaml')));
const alerts = groups.flatMap(({ rules }) => rules);

const target = z.object({ expr: z.string(), legendFormat: z.string() });
const { panels } = z
  .object({ panels: z.array(z.object({ title: z.string(), targets: z.array(target).min(1) })) })
  .parse(JSON.parse(read('impl/node/telemetry/files/dashboard.json')));

/** Grafana's variables stand for a duration or for a value. */
const withoutVariables = (text: string): string => text.replaceAll('$__rate_interval', '5m');
const expressions = [
  ...alerts.map(({ alert, expr, annotations }) => ({
    ...{ name: alert, text: expr },
    shown: [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label = '']) => label),
  })),
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => ({
      ...{ name: title, text: withoutVariables(expr) },
      shown: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
    })),
  ),
];

/** The labels that Prometheus itself adds to each series, and its own metric, 1 while a server answers. */
const added = ['job', 'instance'];
const ownOfPrometheus = 'up';

/** Every sample that the scenarios of all events yield, and the types of the metrics by name. */
const seen = new Map<string, Sample[]>();
const types = new Map<string, string>();

beforeAll(async () => {
  const registry = new PrometheusRegistry();
  const look = (): void => {
    const text = registry.text();
    for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) types.set(name, type);
    for (const sample of parsed(text)) seen.set(sample.name, [...(seen.get(sample.name) ?? []), sample]);
  };
  // The gauges of a replica that has stopped are gone, so it is looked before.
  const ends = [
    listen({ stopped: look }),
    listen(metricListeners((...what) => registry.add(...what))),
    listen(registry.gauges.listeners),
  ];
  for (const play of Object.values(scenarios)) await play();
  look();
  for (const end of ends) end();
}, 600_000);

function labelsOf(metric: string): readonly string[] {
  const labels = (seen.get(metric) ?? []).flatMap((sample) => Object.keys(sample.labels));
  return [...new Set([...labels, ...added])];
}

/** What is wrong with an expression, and with the labels that are shown of its results. */
function mistakesIn(text: string, shown: readonly string[] = []): readonly string[] {
  const { selectors, grouping, labelsOfResult } = parsedExpression(text);
  const known = selectors.flatMap(({ metric }) => labelsOf(metric));
  const result = labelsOfResult(labelsOf);
  return [
    ...selectors
      .filter(({ metric }) => metric !== ownOfPrometheus)
      .filter(
        ({ metric, equal }) =>
          !(seen.get(metric) ?? []).some(({ labels }) =>
            Object.entries(equal).every(([label, value]) => added.includes(label) || labels[label] === value),
          ),
      )
      .map(({ metric, equal }) => `no replica has ${metric}${JSON.stringify(equal)}`),
    ...grouping.filter((label) => !known.includes(label)).map((label) => `there is no label ${label}`),
    ...shown.filter((label) => !result.includes(label)).map((label) => `no result has the label ${label}`),
  ];
}

describe('the dashboard and the alerts', () => {
  test.each(expressions)('$name names metrics and labels that exist: $text', ({ text, shown }) => {
    expect(mistakesIn(text, shown)).toEqual([]);
  });

  test.each([
    ['viewstamped_views', [], 'no replica has viewstamped_views{}'],
    [
      'viewstamped_request_duration_seconds_bucket{outcome="done"}',
      [],
      'no replica has viewstamped_request_duration_seconds_bucket{"outcome":"done"}',
    ],
    ['viewstamped_view{replica="9"}', [], 'no replica has viewstamped_view{"replica":"9"}'],
    ['sum by (server) (viewstamped_view)', [], 'there is no label server'],
    ['sum by (job) (viewstamped_view)', ['replica'], 'no result has the label replica'],
  ])('would fail with %j, shown by %j', (text, shown, mistake) => {
    expect(mistakesIn(text, shown)).toEqual([mistake]);
  });

  test.each(['sum by (job (viewstamped_view)', 'viewstamped_view{replica=~"1"}', '{replica="1"}'])(
    'would fail with %j, which is not read',
    (text) => {
      expect(() => parsedExpression(text)).toThrow(Error);
    },
  );
});

/** Metrics that tell of no trouble by themselves, or of one that another alert tells. */
const withoutAlert: Readonly<Record<string, string>> = {
  viewstamped_view: 'ViewstampedViewChanges counts what changes it',
  viewstamped_op: 'it grows with the work',
  viewstamped_lag: 'for moments only: ViewstampedReplicaLags compares the commit-numbers',
  viewstamped_leadership_duration_seconds: 'ViewstampedViewChanges counts its ends',
  viewstamped_view_changes_total:
    'each replica counts the same change: ViewstampedViewChanges counts views that started',
  viewstamped_view_change_duration_seconds: 'ViewstampedNoPrimary tells of one that lasts',
  viewstamped_messages_sent_total: 'it grows with the work',
  viewstamped_messages_received_total: 'it grows with the work',
  viewstamped_messages_unsent_total: 'ViewstampedReplicaDown and ViewstampedConnectionsLost tell why',
  viewstamped_requests_forwarded_total: 'clients learn of a new primary by it',
  viewstamped_requests_answered_total: 'clients repeat requests after each view change',
  viewstamped_entries_committed_total: 'it grows with the work',
  viewstamped_entries_lost_total: 'none of them was acknowledged',
  viewstamped_execution_duration_seconds: 'ViewstampedSlowRequests contains it',
  viewstamped_state_transfer_duration_seconds: 'ViewstampedReplicaNotNormal tells of one that lasts',
  viewstamped_recovery_duration_seconds: 'ViewstampedReplicaNotNormal tells of one that lasts',
  viewstamped_checkpoints_taken_total: 'it grows with the work',
  viewstamped_checkpoints_restored_total: 'ViewstampedReplicaLags tells why',
  viewstamped_checkpoint_fetch_duration_seconds: 'ViewstampedReplicaNotNormal tells of one that lasts',
  viewstamped_clients_registered_total: 'ViewstampedEvictions tells of too many',
  viewstamped_timers_fired_total: 'most timers fire all the time',
  viewstamped_storage_records_total: 'it grows with the work',
};

describe('the alerts', () => {
  test('are about each metric, but for those that are known to need none', () => {
    const named = new Set(
      alerts.flatMap(({ expr }) =>
        parsedExpression(expr).selectors.map(({ metric }) => metric.replace(/_bucket$/, '')),
      ),
    );
    const missing = [...types.keys()].filter((metric) => !named.has(metric));
    expect(missing.toSorted()).toEqual(Object.keys(withoutAlert).toSorted());
  });

  test('have a line each in docs/cluster.md that tells what to do', () => {
    const told = [...read('docs/cluster.md').matchAll(/^\| `(Viewstamped\w+)` \| .+ \| .+ \|$/gm)];
    expect(told.map(([, name]) => name)).toEqual(alerts.map(({ alert }) => alert));
  });

  test('call on no name twice', () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
  });
});
