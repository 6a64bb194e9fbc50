import { expect, test } from 'vitest';
import { propertiesWhere } from '../../models/checking/properties.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';

/** One with which it happens among the first schedules, which it does with few. */
const seed = 21;

// A replica recovers for ever, and where no property is armed that says so, crashing the primary as well would be one too many.
test('a group that never settles is left as it is where nobody asks whether it settles', async () => {
  const implementation = await loadImplementation(mutantNamed('persisted-view-waits'));
  const huntFor = (property: string) =>
    new Hunt(
      { implementation, properties: propertiesWhere((name) => name === property) },
      scopeOf({ replicas: 3, mode: 'diskless' }),
      seed,
    );
  const unasked = huntFor('acked-is-kept');
  expect(unasked.batch(300)?.violation).toBeUndefined();
  expect(unasked.totals.schedules).toBe(300);
  expect(huntFor('one-normal-view').batch(300)?.violation.property).toBe('one-normal-view');
});
