import { describe, expect, test } from 'vitest';
import { besideProtocol } from '../../models/checking/properties.ts';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { chosenFaultProfiles, type HuntYield, huntBy } from '../../models/mutation/faultProfiles.ts';
import { faultProfiles } from '../../models/runs/schedules/faultProfile.ts';
import { realImplementation } from '../../models/world/implementation.ts';

const soon: HuntYield = { caught: 2, events: 10 };
const late: HuntYield = { caught: 2, events: 1000 };
const never: HuntYield = { caught: 0, events: 100_000 };

describe('fault profiles are chosen', () => {
  test('one alone if it is the best for every mutant', () => {
    expect(
      chosenFaultProfiles([
        [late, soon, never],
        [late, soon, late],
      ]),
    ).toEqual([1]);
  });

  test('together if each catches a mutant that the other misses', () => {
    expect(
      chosenFaultProfiles([
        [soon, never, never],
        [never, soon, never],
      ]),
    ).toEqual([0, 1]);
  });

  test('not at all if there are none', () => {
    expect(chosenFaultProfiles([[], []])).toEqual([]);
  });
});

describe('a mutant hunted by some fault profiles', () => {
  const spending = { seeds: [1, 2, 3], events: 2000 };

  test('is caught in the same number of events with the same seeds', async () => {
    const implementation = await loadImplementation(mutantNamed('commit-quorum-short'));
    const subject = { implementation, properties: besideProtocol };
    const enough = { ...spending, events: 6000 };
    const once = huntBy(subject, faultProfiles.slice(0, 2), enough);
    expect(once.caught).toBe(3);
    expect(huntBy(subject, faultProfiles.slice(0, 2), enough)).toEqual(once);
  });

  test('is missed after the allowed events of each seed if no property breaks', () => {
    const subject = { implementation: realImplementation, properties: besideProtocol };
    const { caught, events } = huntBy(subject, faultProfiles.slice(0, 1), spending);
    expect(caught).toBe(0);
    expect(events).toBeGreaterThanOrEqual(6000);
    expect(events).toBeLessThan(20_000);
  });
});
