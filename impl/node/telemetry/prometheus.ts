import { Gauges, gaugeDescriptions, gaugeNames } from './gauges.ts';
import { type Labels, type Metric, metrics } from './metrics.ts';

/** Upper bounds of the buckets of a histogram, in seconds. */
const bounds = [0.0001, 0.00025, 0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10, 60, 600];

interface Series {
  readonly labels: Labels;
  sum: number;
  count: number;
  /** For each bound, the number of values no greater than it; empty for a counter. */
  readonly buckets: number[];
}

/** Accumulates metrics, and renders them in Prometheus' text format, version 0.0.4. */
export class PrometheusRegistry {
  /** The gauges of all running replicas. */
  readonly gauges = new Gauges();
  private readonly series = new Map<string, Map<string, Series>>(
    metrics.map(({ name }) => [name, new Map()]),
  );

  /** Adds an amount to a metric. */
  add({ kind, name }: Metric, labels: Labels, amount: number): void {
    const all = this.series.get(name);
    const key = formatLabels(labels);
    let one = all?.get(key);
    if (one === undefined) {
      one = { labels, sum: 0, count: 0, buckets: kind === 'histogram' ? bounds.map(() => 0) : [] };
      all?.set(key, one);
    }
    one.sum += amount;
    one.count++;
    for (const [index, bound] of bounds.entries())
      if (index < one.buckets.length && amount <= bound) one.buckets[index] = (one.buckets[index] ?? 0) + 1;
  }

  /** All metrics as text. */
  text(): string {
    const gauges = gaugeNames.flatMap((level) => {
      const name = gaugeDescriptions[level].name.replaceAll('.', '_');
      const readings = this.gauges.read(level);
      return [
        ...headOf(name, gaugeDescriptions[level].help, 'gauge'),
        ...readings.map(({ labels, value }) => `${name}${formatLabels(labels)} ${value}`),
      ];
    });
    const rest = metrics.flatMap((metric) =>
      linesOf(metric, [...(this.series.get(metric.name)?.values() ?? [])]),
    );
    return `${[...gauges, ...rest].join('\n')}\n`;
  }
}

function linesOf({ kind, name: dotted, help }: Metric, series: readonly Series[]): readonly string[] {
  const name = `${dotted.replaceAll('.', '_')}${kind === 'counter' ? '_total' : '_seconds'}`;
  const lines = series.flatMap(({ labels, sum, count, buckets }) => {
    if (kind === 'counter') return [`${name}${formatLabels(labels)} ${sum}`];
    const inBuckets = buckets.map(
      (most, index) => `${name}_bucket${formatLabels({ ...labels, le: bounds[index] ?? 0 })} ${most}`,
    );
    return [
      ...inBuckets,
      `${name}_bucket${formatLabels({ ...labels, le: '+Inf' })} ${count}`,
      `${name}_sum${formatLabels(labels)} ${sum}`,
      `${name}_count${formatLabels(labels)} ${count}`,
    ];
  });
  return [...headOf(name, help, kind), ...lines];
}

function headOf(name: string, help: string, type: string): readonly string[] {
  return [
    `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
    `# TYPE ${name} ${type}`,
  ];
}

/** Labels in the text format: backslash, quotation mark and line feed are escaped. */
export function formatLabels(labels: Labels): string {
  const escaped = (value: string | number): string =>
    String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`;
}
