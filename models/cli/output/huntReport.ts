import { columns, grouped } from '../../../impl/terminal/columns.ts';
import { coverageMarks } from '../../checking/coverage/index.ts';
import { Tally } from '../../checking/coverage/tally.ts';
import type { Hunt, SetupTotals } from '../../hunt/hunt.ts';
import type { Setup } from '../../world/world.ts';

/**
 * What a hunt ran, as lines of text: a table of schedules, events and coverage marks for each kind of group, and one of the
 * configurations that were drawn.
 */
export function reportLines(hunt: Hunt, seconds: number): readonly string[] {
  const { schedules, events } = hunt.totals;
  const groups = groupsOf(hunt);
  const rate = Math.round(events / Math.max(seconds, 0.001));
  return [
    `${grouped(schedules)} schedules, ${grouped(events)} events, ${grouped(rate)} events per second`,
    '',
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
    ...neverReached(hunt),
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

function neverReached(hunt: Hunt): readonly string[] {
  const missing = coverageMarks.filter(({ name }) =>
    hunt.tried.every(({ tried }) => tried.reached.count(name) === 0),
  );
  if (missing.length === 0) return ['Every coverage mark was reached.'];
  return ['Never reached:', ...missing.map(({ name, prose }) => `  ${name}: ${prose}`)];
}
