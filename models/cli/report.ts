import type { Hunt } from '../hunt/hunt.ts';
import { situations } from '../situations/index.ts';
import type { Setup } from '../world/world.ts';

/** What a hunt tried, as lines of text: a table of what was run, and one of the situations that were reached. */
export function reportLines(hunt: Hunt, seconds: number): readonly string[] {
  const { schedules, events } = hunt.totals;
  const rate = Math.round(events / Math.max(seconds, 0.001));
  return [
    `${grouped(schedules)} schedules, ${grouped(events)} events, ${grouped(rate)} events per second`,
    '',
    ...columns([
      ['', ...hunt.tried.map(({ setup }) => nameOf(setup))],
      ['schedules', ...hunt.tried.map(({ tried }) => grouped(tried.schedules))],
      ['events', ...hunt.tried.map(({ tried }) => grouped(tried.events))],
      ...situations.map(({ name }) => [
        name,
        ...hunt.tried.map(({ tried }) => grouped(tried.reached.count(name))),
      ]),
    ]),
    '',
    ...neverReached(hunt),
  ];
}

/** The same as plain data. */
export function reportData(hunt: Hunt): unknown {
  return hunt.tried.map(({ setup, tried }) => ({
    ...setup,
    schedules: tried.schedules,
    events: tried.events,
    situations: Object.fromEntries(situations.map(({ name }) => [name, tried.reached.count(name)])),
  }));
}

/** How a group is called in tables. */
export function nameOf({ replicas, mode }: Setup): string {
  return `${replicas} ${mode}`;
}

/** A number with its thousands set apart. */
export function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Rows of cells as lines: the first column to the left, the others to the right. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function neverReached(hunt: Hunt): readonly string[] {
  const missing = situations.filter(({ name }) =>
    hunt.tried.every(({ tried }) => tried.reached.count(name) === 0),
  );
  if (missing.length === 0) return ['Every situation was reached.'];
  return ['Never reached:', ...missing.map(({ name, prose }) => `  ${name}: ${prose}`)];
}
