import { type Properties, propertySets, type Violation } from '../../checking/properties.ts';
import type { BrokenGuarantee, Mutant } from '../../mutants/mutant.ts';
import { shortestRuns } from '../../mutants/shortest.ts';
import { median } from '../../quantile.ts';
import type { Clock } from '../hunts/clock.ts';
import type { Settings } from '../hunts/digest.ts';
import type { HuntResult } from '../hunts/result.ts';

/** What is known of all hunts for all mutants of a mutation run. */
export interface MutationRun extends Settings {
  readonly clock: Clock;
  readonly firstSeed: number;
  /** With how many seeds each mutant was to be hunted. */
  readonly seeds: number;
  readonly rows: readonly Row[];
}

/** What came of hunting one mutant. Where a median is null, half of the hunts or more caught nothing. */
export interface Row {
  readonly mutant: string;
  readonly rule: string;
  readonly section: string;
  readonly guarantee: BrokenGuarantee;
  /** With how many seeds it was hunted, and how many of these hunts broke a property. */
  readonly tried: number;
  readonly caught: number;
  /** Which properties broke first, the most frequent one first. */
  readonly properties: readonly Frequency[];
  /** How many events happened until a property broke, in the median. */
  readonly events: number | null;
  readonly seconds: number | null;
  /** How many steps the traces that were shortened had in the end, in the median; null if none was. */
  readonly shortened: number | null;
  /** The shortest trace known beforehand. */
  readonly shortest: ShortestKnown | null;
}

/** How often a property was the first to break. */
export interface Frequency {
  readonly property: string;
  readonly times: number;
}

/** How long the shortest known trace is, in steps, and who knows: our exhaustive search, or the catalogue of bugs. */
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

/** A hunt that caught nothing would have taken longer than any other, nobody knows how long. */
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

/** How short a trace of this mutant can be, as far as that is known without hunting. */
export function shortestOf({ name, shortestKnown }: Mutant): ShortestKnown | null {
  const explored = shortestRuns.find(({ mutant }) => mutant === name);
  if (explored !== undefined) return { steps: explored.steps, known: 'explored' };
  if (shortestKnown === undefined) return null;
  const { steps, estimated } = shortestKnown;
  return { steps, known: estimated ? 'estimated' : 'catalogue' };
}

/** Whether a mutation run caught it with at least 19 of 20 seeds. */
export function isCaught({ tried, caught }: Pick<Row, 'tried' | 'caught'>): boolean {
  return tried > 0 && caught * 20 >= tried * 19;
}

/** What a mutation run says as a whole. */
export interface Summary {
  /** How many mutants there are, and how many were caught with at least 19 of 20 seeds. */
  readonly mutants: number;
  readonly caught: number;
  /** Of the mutants' median seconds, the median; null if half of the mutants or more have none. */
  readonly seconds: number | null;
  /** How many mutants have their median within each stretch of time. */
  readonly distribution: readonly TimeRange[];
  /** Every property that was armed, and how often it was the first to break. */
  readonly properties: readonly FirstBroken[];
}

/** A stretch of time, and how many mutants have their median seconds there. */
export interface TimeRange {
  readonly label: string;
  readonly mutants: number;
}

/** How often a property was the first to break, and for how many mutants. */
export interface FirstBroken extends Frequency {
  readonly level: Violation['level'];
  readonly mutants: number;
}

/** The claims that were the first to break, the most frequent first, and those that never were. */
export function firstsToBreak(properties: readonly FirstBroken[]): {
  readonly ever: readonly FirstBroken[];
  readonly never: readonly string[];
} {
  const ever = properties.filter(({ times }) => times > 0).toSorted((one, other) => other.times - one.times);
  return { ever, never: properties.filter(({ times }) => times === 0).map(({ property }) => property) };
}

/** What the rows say together. */
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
  const stretches = bounds.map((to, index): TimeRange => {
    const from = bounds[index - 1];
    const label = from === undefined ? `below ${to} s` : `${from} to ${to} s`;
    return { label, mutants: within(from ?? 0, to) };
  });
  const longer = within(60, Infinity);
  const missed = medians.filter((one) => one === Infinity).length;
  return [
    ...stretches,
    ...(longer > 0 ? [{ label: '60 s and more', mutants: longer }] : []),
    { label: 'missed', mutants: missed },
  ];
}

/** A property that a mutation run may break. */
interface CheckedProperty {
  readonly name: string;
  readonly level: Violation['level'];
}

function checkedProperties({
  guarantees,
  invariants: steps,
  settled,
}: Properties): readonly CheckedProperty[] {
  return [
    ...guarantees.map(({ name }) => ({ name, level: 'guarantee' as const })),
    ...[...steps, ...settled].map(({ name, level }) => ({ name, level })),
  ];
}
