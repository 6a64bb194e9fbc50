import { type Claims, claimsCalled, type Violation } from '../checking/model.ts';
import type { Ablation, BrokenGuarantee } from '../mutants/mutant.ts';
import { shortestRuns } from '../mutants/shortest.ts';
import { median } from '../quantile.ts';
import type { Clock } from './clock.ts';
import type { Settings } from './digest.ts';
import type { Result } from './result.ts';

/** What is known of all hunts for all ablations of a campaign. */
export interface Campaign extends Settings {
  readonly clock: Clock;
  readonly firstSeed: number;
  /** With how many seeds each ablation was to be hunted. */
  readonly seeds: number;
  readonly rows: readonly Row[];
}

/** What came of hunting one ablation. Where a median is null, half of the hunts or more caught nothing. */
export interface Row {
  readonly ablation: string;
  readonly rule: string;
  readonly section: string;
  readonly guarantee: BrokenGuarantee;
  /** With how many seeds it was hunted, and how many of these hunts broke a claim. */
  readonly tried: number;
  readonly caught: number;
  /** Which claims broke first, the most frequent one first. */
  readonly claims: readonly Frequency[];
  /** How many events happened until a claim broke, in the median. */
  readonly events: number | null;
  readonly seconds: number | null;
  /** How many steps the stories that were retold had in the end, in the median; null if none was. */
  readonly retold: number | null;
  /** The shortest story known beforehand. */
  readonly shortest: Shortest | null;
}

/** How often a claim was the first to break. */
export interface Frequency {
  readonly claim: string;
  readonly times: number;
}

/** How long the shortest known story is, in steps, and who knows: our exhaustive search, or the catalogue of bugs. */
export interface Shortest {
  readonly steps: number;
  readonly known: 'explored' | 'catalogue' | 'estimated';
}

/** The row of an ablation, from the results of all hunts for it. */
export function rowOf(ablation: Ablation, results: readonly Result[]): Row {
  const { name, rule, section, guarantee } = ablation;
  const found = results.flatMap((result) => result.found ?? []);
  const stories = found.flatMap(({ story }) => (story === null ? [] : [story.steps]));
  return {
    ablation: name,
    rule,
    section,
    guarantee,
    tried: results.length,
    caught: found.length,
    claims: frequencies(found.map(({ claim }) => claim)),
    events: medianOfAll(results, ({ events }) => events),
    seconds: medianOfAll(results, ({ seconds }) => seconds),
    retold: stories.length === 0 ? null : median(stories),
    shortest: shortestOf(ablation),
  };
}

/** A hunt that caught nothing would have taken longer than any other, nobody knows how long. */
function medianOfAll(results: readonly Result[], figureOf: (result: Result) => number): number | null {
  const figure = median(results.map((result) => (result.found === null ? Infinity : figureOf(result))));
  return Number.isFinite(figure) ? figure : null;
}

function frequencies(claims: readonly string[]): readonly Frequency[] {
  const times = new Map<string, number>();
  for (const claim of claims) times.set(claim, (times.get(claim) ?? 0) + 1);
  return [...times]
    .map(([claim, count]) => ({ claim, times: count }))
    .sort((one, other) => other.times - one.times || (one.claim < other.claim ? -1 : 1));
}

/** How short a story of this ablation can be, as far as that is known without hunting. */
export function shortestOf({ name, shortestKnown }: Ablation): Shortest | null {
  const explored = shortestRuns.find(({ ablation }) => ablation === name);
  if (explored !== undefined) return { steps: explored.steps, known: 'explored' };
  if (shortestKnown === undefined) return null;
  const { steps, estimated } = shortestKnown;
  return { steps, known: estimated ? 'estimated' : 'catalogue' };
}

/** Whether a campaign caught it with at least 19 of 20 seeds. */
export function isCaught({ tried, caught }: Pick<Row, 'tried' | 'caught'>): boolean {
  return tried > 0 && caught * 20 >= tried * 19;
}

/** What a campaign says as a whole. */
export interface Summary {
  /** How many ablations there are, and how many were caught with at least 19 of 20 seeds. */
  readonly ablations: number;
  readonly caught: number;
  /** Of the ablations' median seconds, the median; null if half of the ablations or more have none. */
  readonly seconds: number | null;
  /** How many ablations have their median within each stretch of time. */
  readonly distribution: readonly Stretch[];
  /** Every claim that was armed, and how often it was the first to break. */
  readonly claims: readonly First[];
}

/** A stretch of time, and how many ablations have their median seconds there. */
export interface Stretch {
  readonly label: string;
  readonly ablations: number;
}

/** How often a claim was the first to break, and for how many ablations. */
export interface First extends Frequency {
  readonly level: Violation['level'];
  readonly ablations: number;
}

/** The claims that were the first to break, the most frequent first, and those that never were. */
export function firstsAmong(claims: readonly First[]): {
  readonly ever: readonly First[];
  readonly never: readonly string[];
} {
  const ever = claims.filter(({ times }) => times > 0).toSorted((one, other) => other.times - one.times);
  return { ever, never: claims.filter(({ times }) => times === 0).map(({ claim }) => claim) };
}

/** What the rows say together. */
export function summaryOf({ rows, claims }: Pick<Campaign, 'rows' | 'claims'>): Summary {
  const all = rows.map(({ seconds }) => seconds ?? Infinity);
  const seconds = median(all);
  return {
    ablations: rows.length,
    caught: rows.filter(isCaught).length,
    seconds: Number.isFinite(seconds) ? seconds : null,
    distribution: distributionOf(all),
    claims: armed(claimsCalled[claims]).map(({ name, level }) => {
      const times = rows.flatMap((row) => row.claims.find(({ claim }) => claim === name)?.times ?? []);
      return { claim: name, level, times: times.reduce((sum, one) => sum + one, 0), ablations: times.length };
    }),
  };
}

const bounds = [0.1, 0.3, 1, 2, 5, 20, 60] as const;

function distributionOf(medians: readonly number[]): readonly Stretch[] {
  const within = (from: number, to: number) => medians.filter((one) => one >= from && one < to).length;
  const stretches = bounds.map((to, index): Stretch => {
    const from = bounds[index - 1];
    const label = from === undefined ? `below ${to} s` : `${from} to ${to} s`;
    return { label, ablations: within(from ?? 0, to) };
  });
  const longer = within(60, Infinity);
  const missed = medians.filter((one) => one === Infinity).length;
  return [
    ...stretches,
    ...(longer > 0 ? [{ label: '60 s and more', ablations: longer }] : []),
    { label: 'missed', ablations: missed },
  ];
}

/** A claim that a campaign may break. */
interface Armed {
  readonly name: string;
  readonly level: Violation['level'];
}

function armed({ guarantees, steps, settled }: Claims): readonly Armed[] {
  return [
    ...guarantees.map(({ name }) => ({ name, level: 'guarantee' as const })),
    ...[...steps, ...settled].map(({ name, level }) => ({ name, level })),
  ];
}
