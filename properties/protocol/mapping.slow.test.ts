import { describe, expect, it } from 'vitest';
import { followsProtocol } from '../../models/checking/refinement/follows-protocol.ts';
import type { FalsificationName } from './mapping/falsified.ts';
import { loadMapping } from './mapping/load.ts';
import { inExplaining } from './mapping/mutants/explain.ts';
import { inMachines } from './mapping/mutants/machines.ts';
import { inComparing } from './mapping/mutants/mismatch.ts';
import { inMessages } from './mapping/mutants/told.ts';
import { accepting, brokenAt, falseAlarm } from './mapping/runs.ts';

const mutants = [...inComparing, ...inMachines, ...inMessages, ...inExplaining];

/** How many honest runs there are at most. */
const runs = 150;
/** The most of them until a mistake must have shown itself. */
const mostRuns = 1000;

describe('a mistake in the mapping of the implementation to the protocol', () => {
  for (const mutant of mutants) {
    const { noticed } = mutant;
    if ('misses' in noticed)
      it(`is missed on the trace of ${noticed.misses}: ${mutant.name}`, async () => {
        const [real = 0, mistaken = 0] = await brokenAt(
          noticed.misses,
          followsProtocol,
          await loadMapping(mutant),
        );
        expect(real).toBeLessThan(Infinity);
        expect(mistaken).toBeGreaterThan(real);
      });
    else if ('alarms' in noticed && noticed.alarms !== 'honest')
      it(`gives a false alarm on the trace of ${noticed.alarms}: ${mutant.name}`, async () => {
        const [real = 0, mistaken = 0] = await brokenAt(
          noticed.alarms,
          followsProtocol,
          await loadMapping(mutant),
        );
        expect(mistaken).toBeLessThan(real);
      });
    else if ('alarms' in noticed)
      it(`gives a false alarm in honest runs: ${mutant.name}`, async () => {
        expect(falseAlarm(await loadMapping(mutant), mostRuns)).toBeDefined();
      });
  }

  it('accepts a falsified step, where that is how it shows', async () => {
    const all = new Map<string, { mapping: typeof followsProtocol; what: FalsificationName }>();
    for (const mutant of mutants)
      if ('accepts' in mutant.noticed)
        all.set(mutant.name, { mapping: await loadMapping(mutant), what: mutant.noticed.accepts });
    const found = accepting(all, runs);
    expect([...all.keys()].filter((name) => !found.has(name))).toEqual([]);
  });

  it('is argued where it does not show, and still applies', async () => {
    const argued = mutants.filter(({ noticed }) => 'argued' in noticed);
    for (const mutant of argued) expect(await loadMapping(mutant)).toBeDefined();
    expect(argued.length / mutants.length).toBeLessThan(0.15);
  });
});
