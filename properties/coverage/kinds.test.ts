import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverageMarks } from '../../models/checking/coverage/index.ts';
import { isReachable, kindOf, type Moment } from '../../models/checking/coverage/mark.ts';
import { Model } from '../../models/checking/model.ts';
import { allProperties } from '../../models/checking/properties.ts';
import { bitsOfStep, passes } from '../../models/checking/stepFilter.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { settle } from '../../models/runs/liveness/settle.ts';
import { Run } from '../../models/runs/run/run.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { createWorld } from '../../models/world/world.ts';
import { seed } from '../seed.ts';

test('no coverage mark is reached in a moment of a kind, or by a step, that it leaves out', () => {
  const missed = new Set<string>();
  let moments = 0;
  for (const { setup, commands } of fc.sample(new ScheduleArbitrary(scopeOf({})), {
    numRuns: 60,
    seed,
  })) {
    const world = createWorld(realImplementation, setup);
    const model = new Model(world, allProperties);
    const run = new Run(world, {
      tally: {
        note(before, after, ghostState) {
          const { last } = after;
          if (last === undefined) return;
          const { event, outputs, replica } = last;
          const [old, now] = replica === undefined ? [] : [before.machines[replica], after.machines[replica]];
          const moment: Moment = { before, after, ghostState, event, old, now, outputs };
          moments++;
          for (const mark of coverageMarks) {
            const asked = isReachable(mark, kindOf(event)) && passes(mark, bitsOfStep(last.kinds, old, now));
            if (!asked && mark.reached(moment)) missed.add(mark.name);
          }
        },
      },
    });
    fc.modelRun(() => ({ model, real: run }), commands);
    settle(model, run);
  }
  expect([...missed]).toEqual([]);
  expect(moments).toBeGreaterThan(10_000);
});
