import { describe, expect, test } from 'vitest';
import { ablationNamed } from '../../models/ablations/catalogue/index.ts';
import { loadImplementation } from '../../models/ablations/load.ts';
import { shortestRuns } from '../../models/ablations/shortest.ts';
import { spending } from '../../models/explore/bounds.ts';
import { explore, unlimited } from '../../models/explore/explore.ts';
import { soundForAll } from '../../models/explore/subject.ts';
import { allClaims } from '../../models/model.ts';
import { stepsOf } from '../../models/trace/steps.ts';

describe('No run that spends no more breaks a claim in fewer steps', () => {
  test.each(shortestRuns)(
    '$ablation, $mode, $spends: $steps',
    async ({ ablation, mode, spends, steps, settles }) => {
      const implementation = await loadImplementation(ablationNamed(ablation));
      const setup = { replicas: 3, mode, clients: Math.max(1, Math.min(2, spends.request ?? 0)) };
      const subject = {
        ...{ implementation, setup, claims: allClaims },
        ...{ bounds: spending(spends), reductions: soundForAll },
      };
      const { trace } = await explore(subject, { ...unlimited, settleOneIn: settles === true ? 1 : 0 });
      expect(trace && stepsOf(trace.records)).toBe(steps);
      expect(trace?.phase).toBe(settles === true ? 'settling' : 'events');
    },
  );
});
