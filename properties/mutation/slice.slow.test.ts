import { expect, test } from 'vitest';
import { propertiesWhere } from '../../models/checking/properties.ts';
import { Hunt } from '../../models/hunt/hunt.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { shortestRuns } from '../../models/mutants/shortest.ts';
import { mutationRunFile, readMutationRun } from '../../models/mutation/table/mutationRunFile.ts';
import '../hunting/inlineLess.ts';

/**
 * Of the last full mutation run the mutants that a hunt catches in a moment, and that properties/explore does not search for
 * exhaustively: a change that blinds the properties, the fault profiles or the world lets some of them through.
 */
const explored = new Set(shortestRuns.map(({ mutant }) => mutant));
const quick = (readMutationRun(mutationRunFile)?.rows ?? []).filter(
  ({ mutant, events }) => !explored.has(mutant) && events !== null && events <= 100_000,
);

test('the last mutation run has more than 30 mutants that a hunt catches in a moment', () => {
  expect(quick.length).toBeGreaterThan(30);
});

test.each(quick)(
  'a hunt with a seed that the mutation run did not use catches $mutant by its most frequent property, or those that are equally frequent, alone',
  async ({ mutant: name, events, properties }) => {
    const mutant = mutantNamed(name);
    const implementation = await loadImplementation(mutant);
    const mostFrequent = properties
      .filter(({ times }) => times === properties[0]?.times)
      .map(({ property }) => property);
    const armed = propertiesWhere((property) => mostFrequent.includes(property));
    const hunt = new Hunt({ implementation, properties: armed }, scopeOf({}), 4711, { shrinks: false });
    // Half of all seeds need more than the median, and one in a thousand more than ten times that.
    const most = 50_000 + 15 * (events ?? 0);
    let failure = hunt.batch(25);
    while (failure === undefined && hunt.totals.events < most) failure = hunt.batch(25);
    expect(mostFrequent).toContain(failure?.violation.property);
    // The catalogue lists every group of 3 to 5 replicas in which the mutant can break a property.
    const { replicas = 0, mode } = failure?.setup ?? {};
    if (replicas >= 3 && replicas <= 5) expect(mutant.setups).toContainEqual({ replicas, mode });
  },
);
