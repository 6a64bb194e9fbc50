import { expect, it } from 'vitest';
import { propertiesWhere } from '../../models/checking/properties.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { hunted } from './sums.ts';

it('a hunt of a user’s service finds a stale read by linearizability alone', async () => {
  const implementation = await loadImplementation(mutantNamed('read-without-log'));
  const properties = propertiesWhere((name) => name === 'linearizable');
  const seen = hunted({ implementation, properties, runs: 2000 })?.violation.seen;
  expect(seen).toMatch(/^The answer to request \d+ .* gives at no place where it can have taken effect/);
});
