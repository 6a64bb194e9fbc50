import { describe, expect, it } from 'vitest';
import { drawPlan, planOf, type RoomPlan, type Strike } from '../../models/room/plan.ts';
import { allFaults } from '../../models/room/roomTrace.ts';
import { runRoom } from '../../models/room/runRoom.ts';

const quiet = planOf({ seed: 4, replicas: 3, clients: 2, duration: 1, faults: [] });

function withStrikes(...strikes: readonly Strike[]): RoomPlan {
  return { ...quiet, rounds: [{ storm: 2_000, rest: 0, strikes }] };
}

/** What strikes did in a run, in order. */
async function effects(plan: RoomPlan): Promise<readonly string[]> {
  const lines: string[] = [];
  await runRoom(plan, { onNote: (line) => line.startsWith('fault ') && lines.push(line) });
  return lines;
}

describe('a plan of the machine room', () => {
  it('is the same for the same seed, and has few kinds of faults or many', () => {
    const plans = Array.from({ length: 40 }, (_, seed) => drawPlan(seed, allFaults));
    expect(drawPlan(7, allFaults)).toEqual(plans[7]);
    const kinds = plans.map(({ rounds }) => {
      const strikes = rounds.flatMap((round) => round.strikes);
      return new Set(strikes.map(({ kind }) => kind)).size;
    });
    expect(kinds.filter((count) => count === 1).length).toBeGreaterThan(3);
    expect(Math.max(...kinds)).toBeGreaterThan(allFaults.length / 2);
  });

  it('has strikes that draw the same where an earlier one is left out', async () => {
    const first: Strike = { at: 0, kind: 'freezeClient', seed: 11, lasts: 100 };
    const second: Strike = { at: 500, kind: 'kill', seed: 12, lasts: 100 };
    const third: Strike = { at: 1_000, kind: 'freeze', seed: 13, lasts: 100 };
    const all = await effects(withStrikes(first, second, third));
    expect(all).toHaveLength(3);
    expect(all[1]).toMatch(/^fault kill: r\d is down$/);
    expect(all[2]).toMatch(/^fault freeze: r\d stands still$/);
    expect(await effects(withStrikes(second, third))).toEqual(all.slice(1));
  });

  it('is run no further than it is wanted', async () => {
    const plan = withStrikes({ at: 1_000, kind: 'kill', seed: 1, lasts: 100 });
    let notes = 0;
    const report = await runRoom(plan, { onNote: () => notes++, isInterrupted: () => notes > 0 });
    expect(report).toMatchObject({ violations: [], rounds: 0 });
    expect(report.elapsed).toBeLessThan(1_000);
  });
});
