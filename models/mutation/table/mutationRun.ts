import { type Properties, propertySets, type Violation } from '../../checking/properties.ts';
import type { BrokenGuarantee, Mutant } from '../../mutants/mutant.ts';
import { shortestRuns } from '../../mutants/shortest.ts';
import { median } from '../../quantile.ts';
import type { HuntClock } from '../hunts/clock.ts';
import type { Settings } from '../hunts/digest.ts';
import type { HuntResult } from '../hunts/result.ts';

/** The results of a mutation run: the settings, and a row for each mutant. */
export interface MutationRun extends Settings {
  readonly clock: HuntClock;
  readonly firstSeed: number;
  /** With how many seeds each mutant is hunted. */
  readonly seeds: number;
  readonly rows: readonly Row[];
}

/** The results for one mutant. A median is null where half of the hunts or more caught nothing. */
export interface Row {
  readonly mutant: string;
  readonly rule: string;
  readonly section: string;
  readonly guarantee: BrokenGuarantee;
  /** How many hunts there were, and how many of them broke a property. */
  readonly tried: number;
  readonly caught: number;
  /** The properties that broke first, the most frequent one first. */
  readonly properties: readonly Frequency[];
  /** The median number of events until a property broke, and the median time. */
  readonly events: number | null;
  readonly seconds: number | null;
  /** The median number of steps of the shortened traces; null if none was shortened. */
  readonly shortened: number | null;
  /** The shortest trace that is known without hunting. */
  readonly shortest: ShortestKnown | null;
}

/** How often a property was the first to break. */
export interface Frequency {
  readonly property: string;
  readonly times: number;
}

/** The length of the shortest known trace, in steps, and its source: exhaustive search, or the catalogue of known bugs. */
export interface ShortestKnown {
  readonly steps: number;
  readonly known: 'explored' | 'catalogue' | 'estimated';
}

/** The row of a mutant, from the results of all hunts for it. */
export function rowOf(mutant: Mutant, results: readonly HuntResult[]): Row {
  const { name, rule, section, guarantee } = mutant;
  const found = results.flatMap((result) => result.found ?? []);
  const traces = found.flatMap(({ trace }) => (trace === null ? [] : [trace.steps]));
  return {
    mutant: name,
    rule,
    section,
    guarantee,
    tried: results.length,
    caught: found.length,
    properties: frequencies(found.map(({ property }) => property)),
    events: medianOfAll(results, ({ events }) => events),
    seconds: medianOfAll(results, ({ seconds }) => seconds),
    shortened: traces.length === 0 ? null : median(traces),
    shortest: shortestOf(mutant),
  };
}

/** The median over all hunts, where a hunt that caught nothing counts as infinitely long; null if that is the median. */
function medianOfAll(
  results: readonly HuntResult[],
  figureOf: (result: HuntResult) => number,
): number | null {
  const figure = median(results.map((result) => (result.found === null ? Infinity : figureOf(result))));
  return Number.isFinite(figure) ? figure : null;
}

function frequencies(properties: readonly string[]): readonly Frequency[] {
  const times = new Map<string, number>();
  for (const property of properties) times.set(property, (times.get(property) ?? 0) + 1);
  return [...times]
    .map(([property, count]) => ({ property, times: count }))
    .sort((one, other) => other.times - one.times || (one.property < other.property ? -1 : 1));
}

/** The shortest trace of this mutant that is known without hunting. */
export function shortestOf({ name, shortestKnown }: Mutant): ShortestKnown | null {
  const explored = shortestRuns.find(({ mutant }) => mutant === name);
  if (explored !== undefined) return { steps: explored.steps, known: 'explored' };
  if (shortestKnown === undefined) return null;
  const { steps, estimated } = shortestKnown;
  return { steps, known: estimated ? 'estimated' : 'catalogue' };
}

/** Whether a mutant counts as caught: with at least 19 of 20 seeds. */
export function isCaught({ tried, caught }: Pick<Row, 'tried' | 'caught'>): boolean {
  return tried > 0 && caught >= leastCaught(tried);
}

/** With how many of so many seeds a mutant must be caught to count as caught. */
export function leastCaught(seeds: number): number {
  return Math.ceil((seeds * 19) / 20);
}

/** The summary of a mutation run. */
export interface Summary {
  /** How many mutants there are, and how many were caught with at least 19 of 20 seeds. */
  readonly mutants: number;
  readonly caught: number;
  /** The median of the mutants' median seconds; null if half of the mutants or more have none. */
  readonly seconds: number | null;
  /** How many mutants have their median seconds within each range. */
  readonly distribution: readonly TimeRange[];
  /** Every property that was checked, and how often it was the first to break. */
  readonly properties: readonly FirstBroken[];
}

/** A range of time, and how many mutants have their median seconds within it. */
interface TimeRange {
  readonly label: string;
  readonly mutants: number;
}

/** How often a property was the first to break, and for how many mutants. */
interface FirstBroken extends Frequency {
  readonly level: Violation['level'];
  readonly mutants: number;
}

/** The properties that were the first to break, the most frequent first, and those that never were. */
export function firstsToBreak(properties: readonly FirstBroken[]): {
  readonly ever: readonly FirstBroken[];
  readonly never: readonly string[];
} {
  const ever = properties.filter(({ times }) => times > 0).toSorted((one, other) => other.times - one.times);
  return { ever, never: properties.filter(({ times }) => times === 0).map(({ property }) => property) };
}

/** The summary of these rows. */
export function summaryOf({ rows, properties }: Pick<MutationRun, 'rows' | 'properties'>): Summary {
  const all = rows.map(({ seconds }) => seconds ?? Infinity);
  const seconds = median(all);
  return {
    mutants: rows.length,
    caught: rows.filter(isCaught).length,
    seconds: Number.isFinite(seconds) ? seconds : null,
    distribution: distributionOf(all),
    properties: checkedProperties(propertySets[properties]).map(({ name, level }) => {
      const times = rows.flatMap(
        (row) => row.properties.find(({ property }) => property === name)?.times ?? [],
      );
      return {
        property: name,
        level,
        times: times.reduce((sum, one) => sum + one, 0),
        mutants: times.length,
      };
    }),
  };
}

const bounds = [0.1, 0.3, 1, 2, 5, 20, 60] as const;

function distributionOf(medians: readonly number[]): readonly TimeRange[] {
  const within = (from: number, to: number) => medians.filter((one) => one >= from && one < to).length;
  const ranges = bounds.map((to, index): TimeRange => {
    const from = bounds[index - 1];
    const label = from === undefined ? `below ${to} s` : `${from} to ${to} s`;
    return { label, mutants: within(from ?? 0, to) };
  });
  const longer = within(60, Infinity);
  const missed = medians.filter((one) => one === Infinity).length;
  return [
    ...ranges,
    ...(longer > 0 ? [{ label: '60 s and more', mutants: longer }] : []),
    { label: 'missed', mutants: missed },
  ];
}

/** A property that a mutation run checks. */
interface CheckedProperty {
  readonly name: string;
  readonly level: Violation['level'];
}

function checkedProperties({ guarantees, invariants, settled }: Properties): readonly CheckedProperty[] {
  return [
    ...guarantees.map(({ name }) => ({ name, level: 'guarantee' as const })),
    ...[...invariants, ...settled].map(({ name, level }) => ({ name, level })),
  ];
}
