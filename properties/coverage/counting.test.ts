import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tally } from '../../models/checking/coverage/tally.ts';
import { allProperties } from '../../models/checking/properties.ts';
import { ScheduleArbitrary } from '../../models/hunt/schedules.ts';
import { scopeOf } from '../../models/hunt/scope.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { runCommands } from '../../models/runs/runCommands.ts';

/** Without this rule a replica may be the first to execute several entries in one step, and drop the first of them in it. */
const mutant = 'startview-commits-all';

// A coverage mark that looks at a log before the model does once made a property break that did not break without it.
test('counting coverage marks changes neither the events of a run nor the property that it breaks', async () => {
  const implementation = await loadImplementation(mutantNamed(mutant));
  const system = { implementation, properties: allProperties };
  let broken = 0;
  const property = fc.property(new ScheduleArbitrary(scopeOf({})), ({ setup, commands }) => {
    const counted = runCommands(system, setup, commands, { tally: new Tally() });
    expect(counted).toEqual(runCommands(system, setup, commands, {}));
    if (counted.violation !== undefined) broken++;
  });
  fc.assert(property, { numRuns: 150, endOnFailure: true });
  expect(broken).toBeGreaterThan(2);
});
