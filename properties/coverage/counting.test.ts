import { expect, test } from 'vitest';
import { ablationNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { allClaims } from '../../models/checking/model.ts';

/** Without this rule a replica may be the first to execute several entries in one step, and drop the first of them in it. */
const ablation = 'startview-commits-all';

test('what is counted beside a run does not change how it is judged', async () => {
  const implementation = await loadImplementation(ablationNamed(ablation));
  // With this seed a claim was broken once because a situation had looked at a log too early, and not when run again.
  const hunt = new Hunt({ implementation, claims: allClaims }, scopeOf({}), 17);
  let find = hunt.batch(100);
  for (let batch = 1; batch < 20 && find === undefined; batch++) find = hunt.batch(100);
  expect(find?.violation.claim).toBeDefined();
});
