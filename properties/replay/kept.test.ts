import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mutantNamed, mutants } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { expectReproduced } from './expectReproduced.ts';

const hunted = fileURLToPath(new URL('traces/', import.meta.url));
// That they are reproduced is tested with the mutants: see catalogue.test.ts.
const shortest = fileURLToPath(new URL('../../models/mutants/traces/', import.meta.url));

function tracesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

/** The present implementation breaks no property in the events of a kept trace. */
function itIsMended(file: string): void {
  it('breaks no property of the present implementation', () => {
    const { outcome } = replay(realImplementation, readCounterexample(file), settling);
    expect(['diverged', 'no-violation']).toContain(outcome.kind);
  });
}

describe('the traces in which a property was mistaken', () => {
  const mistaken = fileURLToPath(new URL('falseAlarms/', import.meta.url));
  it('are more than none', () => {
    expect(tracesIn(mistaken).length).toBeGreaterThanOrEqual(1);
  });
  it.each(tracesIn(mistaken))('break none now, and happen to their end: %s', (name) => {
    const { outcome } = replay(realImplementation, readCounterexample(`${mistaken}${name}`), settling);
    expect(outcome).toEqual({ kind: 'no-violation' });
  });
});

describe('the traces kept from hunts', () => {
  it('are more than none', () => {
    expect(tracesIn(hunted).length).toBeGreaterThanOrEqual(1);
  });

  describe.each(tracesIn(hunted))('%s', (name) => {
    itIsMended(`${hunted}${name}`);

    it('is reproduced by the implementation that it was recorded with', async () => {
      const kept = readCounterexample(`${hunted}${name}`);
      const mutant = kept.mutant === null ? undefined : mutantNamed(kept.mutant);
      expectReproduced(await loadImplementation(mutant), kept);
    });

    it('has a file name with its mutant and its property', () => {
      const { mutant, violation } = readCounterexample(`${hunted}${name}`);
      expect(name).toMatch(new RegExp(`^${mutant ?? 'impl'}-${violation.property}-`));
    });
  });
});

describe('the shortest known traces', () => {
  it('are kept for every mutant, and for no other name', () => {
    expect(tracesIn(shortest)).toEqual(mutants.map(({ name }) => `${name}.json`).sort());
  });

  describe.each(tracesIn(shortest))('%s', (name) => {
    itIsMended(`${shortest}${name}`);

    it('has the name of its mutant', () => {
      expect(`${readCounterexample(`${shortest}${name}`).mutant}.json`).toBe(name);
    });
  });
});
