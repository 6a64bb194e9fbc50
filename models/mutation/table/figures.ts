import { grouped } from '../../../impl/terminal/columns.ts';
import type { HuntClock } from '../hunts/clock.ts';
import type { Frequency, MutationRun, Row, ShortestKnown } from './mutationRun.ts';

/** The text of a cell without a value. */
export const none = '–';

/** Seconds, rounded to the digits that are significant. */
export function secondsText(seconds: number): string {
  return seconds.toFixed(seconds < 0.1 ? 3 : seconds < 10 ? 2 : 1);
}

/** The length of the shortest known trace. A star marks the catalogue's figures, a tilde the catalogue's estimates. */
export function shortestText(shortest: ShortestKnown | null): string {
  if (shortest === null) return none;
  const { steps, known } = shortest;
  return { explored: `${steps}`, catalogue: `${steps}*`, estimated: `~${steps}*` }[known];
}

/** The property that broke first most often, and its share of the hunts that caught the mutant. */
function firstText([first]: readonly Frequency[], caught: number): string {
  return first === undefined ? none : `${first.property} ${Math.round((100 * first.times) / caught)} %`;
}

/** The cells of a row, from the first property on. */
export function figuresOf(row: Row): readonly string[] {
  const { properties, caught, tried, events, seconds, shortened, shortest } = row;
  return [
    firstText(properties, caught),
    `${caught} of ${tried}`,
    events === null ? 'missed' : grouped(events),
    seconds === null ? 'missed' : secondsText(seconds),
    shortened === null ? none : `${shortened}`,
    shortestText(shortest),
  ];
}

const judgedBy = {
  all: 'all properties',
  guarantees: 'the guarantees alone',
  protocol: 'follows-protocol alone',
  'beside-protocol': 'all properties but follows-protocol',
} as const;

/** The settings of a mutation run, in a phrase. */
export function settingsText({
  firstSeed,
  seeds,
  seconds,
  properties,
  clock,
}: Omit<MutationRun, 'rows'>): string {
  const range = seeds === 1 ? `seed ${firstSeed}` : `seeds ${firstSeed} to ${firstSeed + seeds - 1}`;
  const judged = judgedBy[properties];
  return `${range}, ${seconds} s ${clockText[clock]} each, ${judged}`;
}

/** What a clock measures, to follow a number of seconds. */
export const clockText: Readonly<Record<HuntClock, string>> = {
  thread: 'of processor time',
  wall: 'of wall-clock time',
};
