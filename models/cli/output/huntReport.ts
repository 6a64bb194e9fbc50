import { columns, grouped } from '../../../impl/terminal/columns.ts';
import { coverageMarks } from '../../checking/coverage/index.ts';
import { Tally } from '../../checking/coverage/tally.ts';
import type { Hunt, SetupTotals } from '../../hunt/hunt.ts';
import type { Setup } from '../../world/world.ts';

/**
 * What a hunt reached: which coverage marks are missing, and what was drawn and did not matter. With `verbose`, a table of
 * schedules, events and coverage marks for each kind of group, and one of the configurations that were drawn.
 */
export function reportLines(hunt: Hunt, verbose: boolean): readonly string[] {
  const missing = coverageMarks.filter(({ name }) =>
    hunt.tried.every(({ tried }) => tried.reached.count(name) === 0),
  );
  const all = coverageMarks.length;
  const reached =
    missing.length === 0
      ? [`All ${all} coverage marks were reached.`]
      : [
          `${all - missing.length} of ${all} coverage marks were reached. Never reached:`,
          ...missing.map(({ name, prose }) => `  ${name}: ${prose}`),
        ];
  return verbose ? [...tables(hunt), ...reached] : [...reached, ...neverMattered(hunt)];
}

function tables(hunt: Hunt): readonly string[] {
  const groups = groupsOf(hunt);
  return [
    ...columns([
      [isWide(hunt) ? 'replicas' : '', ...groups.keys()],
      ['schedules', ...Array.from(groups.values(), ({ schedules }) => grouped(schedules))],
      ['events', ...Array.from(groups.values(), ({ events }) => grouped(events))],
      ...coverageMarks.map(({ name }) => [
        name,
        ...Array.from(groups.values(), ({ reached }) => grouped(reached.count(name))),
      ]),
    ]),
    '',
    ...columns([
      ['drawn', 'schedules', 'where it matters', 'schedules'],
      ...hunt.drawn
        .rows()
        .map((row) => [row.drawn, grouped(row.schedules), row.effect, grouped(row.mattered)]),
    ]),
    '',
  ];
}

/** Whether there are too many sizes to give each mode a column of its own. */
function isWide({ tried }: Hunt): boolean {
  return tried.length > 6;
}

/** What was run with each size and mode, or with each size, by name. Variants of the protocol are merged. */
function groupsOf(hunt: Hunt): ReadonlyMap<string, SetupTotals> {
  const groups = new Map<string, SetupTotals>();
  const nameOf = ({ replicas, mode }: Setup) => (isWide(hunt) ? String(replicas) : `${replicas} ${mode}`);
  for (const { setup, tried } of hunt.tried) {
    const group = groups.get(nameOf(setup)) ?? { schedules: 0, events: 0, reached: new Tally() };
    groups.set(nameOf(setup), group);
    group.schedules += tried.schedules;
    group.events += tried.events;
    group.reached.add(tried.reached);
  }
  return groups;
}

/** What a hunt ran, as plain data. */
export function reportData(hunt: Hunt): unknown {
  return hunt.tried.map(({ setup, tried }) => ({
    ...setup,
    schedules: tried.schedules,
    events: tried.events,
    coverageMarks: Object.fromEntries(coverageMarks.map(({ name }) => [name, tried.reached.count(name)])),
  }));
}

/** What was drawn, or never was, and mattered in no schedule. */
function neverMattered(hunt: Hunt): readonly string[] {
  const rows = hunt.drawn.rows().filter(({ mattered }) => mattered === 0);
  if (rows.length === 0) return ['Everything that can be drawn mattered in a schedule.'];
  return [
    'Drawn, and mattered in no schedule:',
    ...rows.map(({ drawn, schedules, effect }) => `  ${drawn} (${grouped(schedules)} schedules): ${effect}`),
  ];
}
