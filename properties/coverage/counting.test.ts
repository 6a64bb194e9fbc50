import { expect, test } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { allProperties } from '../../models/checking/properties.ts';

/** Without this rule a replica may be the first to execute several entries in one step, and drop the first of them in it. */
const mutant = 'startview-commits-all';

test('what is counted beside a run does not change how it is judged', async () => {
  const implementation = await loadImplementation(mutantNamed(mutant));
  // With this seed a property was broken once because a coverage mark had looked at a log too early, and not when run again.
  const hunt = new Hunt({ implementation, properties: allProperties }, scopeOf({}), 17);
  let failure = hunt.batch(100);
  for (let batch = 1; batch < 20 && failure === undefined; batch++) failure = hunt.batch(100);
  expect(failure?.violation.property).toBeDefined();
});
