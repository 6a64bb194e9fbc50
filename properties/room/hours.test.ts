import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readRoomHours, roomHoursFile, roomHoursTables } from '../../models/mutation/table/hoursRun.ts';
import { faultKinds } from '../../models/room/faults.ts';
import { planOf } from '../../models/room/plan.ts';
import { runRoom } from '../../models/room/runRoom.ts';
import { hoursSum, Totals } from '../../models/room/totals.ts';

describe('the hours of the room that were kept', () => {
  it('are those that the results page shows, and every kind of fault mattered in them', () => {
    const page = readFileSync(new URL('../../docs/results.md', import.meta.url), 'utf8');
    const hours = readRoomHours(roomHoursFile);
    expect(page).toContain(roomHoursTables(hours));
    for (const kind of Object.keys(faultKinds)) expect(hours.struck[kind]?.mattered, kind).toBeGreaterThan(0);
  });

  it('are added up by the length of ticks', () => {
    const row = { tick: 50, runs: 1, hours: 2, seconds: 3, events: 4, answered: 5 };
    const one = { ticks: [row], struck: { kill: { struck: 2, mattered: 1 } } };
    const other = { ticks: [row, { ...row, tick: 10 }], struck: { pause: { struck: 1, mattered: 0 } } };
    expect(hoursSum(one, other)).toEqual({
      ticks: [
        { ...row, tick: 10 },
        { tick: 50, runs: 2, hours: 4, seconds: 6, events: 8, answered: 10 },
      ],
      struck: { kill: { struck: 2, mattered: 1 }, pause: { struck: 1, mattered: 0 } },
    });
  });

  it('hold what a run came to', async () => {
    const plan = planOf({ seed: 1, tick: 1_000, replicas: 1, clients: 1, duration: 1, faults: [] });
    const report = await runRoom(plan);
    const totals = new Totals();
    totals.add(report, plan, 0.5);
    expect(totals.sum.ticks).toEqual([
      {
        ...{ tick: 1_000, runs: 1, hours: report.elapsed / 3_600_000, seconds: 0.5 },
        ...{ events: report.events, answered: report.history.length / 2 },
      },
    ]);
  });
});
