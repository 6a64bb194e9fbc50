import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../models/room/faults.ts';
import { planOf, type RoomPlan } from '../../models/room/plan.ts';
import { allFaults } from '../../models/room/roomTrace.ts';
import type { RoomReport } from '../../models/room/runRoom.ts';
import { shrinkPlan } from '../../models/room/shrinkPlan.ts';

const violation = { property: 'answered', text: 'no client was answered' } as const;
const plan = planOf({ seed: 3, replicas: 5, clients: 3, duration: 300_000, faults: allFaults });

/** A run that breaks the property once strikes of both kinds have struck. */
async function runWith(kinds: readonly FaultKind[], tried: RoomPlan): Promise<RoomReport> {
  const missing = new Set(kinds);
  const at = tried.rounds.findIndex(({ strikes }) => {
    for (const { kind } of strikes) missing.delete(kind);
    return missing.size === 0;
  });
  return {
    violations: at < 0 ? [] : [violation],
    rounds: at < 0 ? tried.rounds.length : at + 1,
    ...{
      digest: 'a',
      events: 100,
      elapsed: 0,
      struck: new Map(),
      longestReturn: 0,
      outcomes: new Map(),
      history: [],
    },
  };
}

function kindsIn({ rounds }: RoomPlan): readonly FaultKind[] {
  return rounds.flatMap(({ strikes }) => strikes.map(({ kind }) => kind));
}

describe('the shrinking of a plan', () => {
  const run = (tried: RoomPlan) => runWith(['kill', 'darkness'], tried);
  const broken = { plan, violation, digest: '' };
  const isInterrupted = () => false;

  it('leaves the strikes that are needed, in the smallest room', async () => {
    expect(kindsIn(plan).length).toBeGreaterThan(50);
    const shrunk = await shrinkPlan(broken, { run, events: 1e9, isInterrupted });
    expect(kindsIn(shrunk.plan).toSorted()).toEqual(['darkness', 'kill']);
    expect(shrunk).toMatchObject({ isMinimal: true, violation, digest: 'a' });
    expect(shrunk.plan).toMatchObject({ replicas: 1, clients: 1, parts: 1 });
  });

  it('says nothing of what can be left out when its work is at an end', async () => {
    const { isMinimal, plan: best } = await shrinkPlan(broken, { run, events: 300, isInterrupted });
    expect(isMinimal).toBe(false);
    expect(kindsIn(best)).toEqual(expect.arrayContaining(['darkness', 'kill']));
  });

  it('keeps a plan that breaks another property for what it is', async () => {
    const other = async (tried: RoomPlan): Promise<RoomReport> => ({
      ...(await run(tried)),
      violations: [{ property: 'bounded', text: 'many lines' }],
    });
    const shrunk = await shrinkPlan(broken, { run: other, events: 1e9, isInterrupted });
    expect(shrunk.plan).toBe(plan);
  });
});
