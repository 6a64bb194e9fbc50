import { expect, test } from 'vitest';
import { course } from '../../models/book/course.ts';
import { besideProtocol } from '../../models/checking/properties.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';

/** The most events that a hunt of the course needs: a few seconds. */
const most = 300_000;

test('the course has ten exercises', () => {
  expect(new Set(course.map(({ mutant }) => mutant)).size).toBe(10);
});

// As the command in the book does, without the shrinking.
test.each(course)('the hunt for $mutant finds it soon', async ({ mutant, replicas }) => {
  const implementation = await loadImplementation(mutantNamed(mutant));
  const hunt = new Hunt({ implementation, properties: besideProtocol }, scopeOf({ replicas }), 1, {
    shrinks: false,
  });
  let failure = hunt.batch(25);
  while (failure === undefined && hunt.totals.events < most) failure = hunt.batch(25);
  expect(failure?.violation.property).toBeDefined();
});
