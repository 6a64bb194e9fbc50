import { grouped } from '../../../impl/terminal/columns.ts';
import type { Clock } from '../hunts/clock.ts';
import type { Frequency, MutationRun, Row, ShortestKnown } from './mutationRun.ts';

/** What a mutation run's table says where there is nothing to say. */
export const none = '–';

/** Seconds, with as many digits as mean something. */
export function secondsText(seconds: number): string {
  return seconds.toFixed(seconds < 0.1 ? 3 : seconds < 10 ? 2 : 1);
}

/** How long the shortest known trace is: a star marks what only the catalogue says, a tilde what that estimates. */
export function shortestText(shortest: ShortestKnown | null): string {
  if (shortest === null) return none;
  const { steps, known } = shortest;
  return { explored: `${steps}`, catalogue: `${steps}*`, estimated: `~${steps}*` }[known];
}

/** The property that broke first most often, and in what share of the hunts that caught anything. */
export function firstText([first]: readonly Frequency[], caught: number): string {
  return first === undefined ? none : `${first.property} ${Math.round((100 * first.times) / caught)} %`;
}

/** The figures of a row, from its properties on. */
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

/** How each mutant was hunted. */
export function settingsText({
  firstSeed,
  seeds,
  seconds,
  properties,
  clock,
}: Omit<MutationRun, 'rows'>): string {
  const range = seeds === 1 ? `seed ${firstSeed}` : `seeds ${firstSeed} to ${firstSeed + seeds - 1}`;
  const judged = properties === 'all' ? 'all properties' : 'the guarantees alone';
  return `${range}, ${seconds} s ${clockText[clock]} each, ${judged}`;
}

/** What a clock measures. */
export const clockText: Readonly<Record<Clock, string>> = {
  thread: 'of processor time',
  wall: 'by the clock on the wall',
};
