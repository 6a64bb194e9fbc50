import { expect, test } from 'vitest';
import { propertiesWhere } from '../../models/checking/properties.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';

/** A seed with which a group fails to settle within the first 300 schedules; few seeds do. */
const seed = 6;

// A replica recovers for ever. Where no armed property notices, crashing the primary as well would be one crash too many.
test('a hunt leaves a group that never settles as it is if no property asks whether it settles', async () => {
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
