import { expect, test } from 'vitest';
import { ablationNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { claimsWhere } from '../../models/checking/model.ts';

/** One with which it happens among the first schedules, which it does with few. */
const seed = 21;

// A replica recovers for ever, and where no claim is armed that says so, crashing the primary as well would be one too many.
test('a group that never settles is left as it is where nobody asks whether it settles', async () => {
  const implementation = await loadImplementation(ablationNamed('persisted-view-waits'));
  const huntFor = (claim: string) =>
    new Hunt(
      { implementation, claims: claimsWhere((name) => name === claim) },
      scopeOf({ replicas: 3, mode: 'diskless' }),
      seed,
    );
  const unasked = huntFor('acked-is-kept');
  expect(unasked.batch(300)?.violation).toBeUndefined();
  expect(unasked.totals.schedules).toBe(300);
  expect(huntFor('one-normal-view').batch(300)?.violation.claim).toBe('one-normal-view');
});
