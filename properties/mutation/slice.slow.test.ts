import { describe, expect, test } from 'vitest';
import { allProperties } from '../../models/checking/properties.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { shortestRuns } from '../../models/mutants/shortest.ts';
import { mutationRunFile, readMutationRun } from '../../models/mutation/table/mutationRunFile.ts';

/**
 * Of the last full mutation run those that a hunt catches in a moment, and that are not searched for exhaustively in
 * properties/explore: a change that blinds the properties, the fault profiles or the world lets some of them through.
 */
const explored = new Set(shortestRuns.map(({ mutant }) => mutant));
const quick = (readMutationRun(mutationRunFile)?.rows ?? []).filter(
  ({ mutant, events }) => !explored.has(mutant) && events !== null && events <= 100_000,
);

describe('A hunt with another seed than those of the mutation run still catches', () => {
  test('most of them', () => {
    expect(quick.length).toBeGreaterThan(30);
  });

  test.each(quick)('$mutant', async ({ mutant, events }) => {
    const implementation = await loadImplementation(mutantNamed(mutant));
    const hunt = new Hunt({ implementation, properties: allProperties }, scopeOf({}), 4711, {
      shrinks: false,
    });
    // Half of all seeds need more than the median, and one in a thousand more than ten times that.
    const most = 50_000 + 15 * (events ?? 0);
    let failure = hunt.batch(25);
    while (failure === undefined && hunt.totals.events < most) failure = hunt.batch(25);
    expect(failure).toBeDefined();
  });
});
