import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mutantNamed, mutants } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { readCounterexample } from '../../models/trace/file/counterexampleFile.ts';
import { replay } from '../../models/trace/replay.ts';
import { settling } from '../../models/trace/settling.ts';
import { verdictOf } from '../../models/trace/views/verdict.ts';
import { realImplementation } from '../../models/world/implementation.ts';

const hunted = fileURLToPath(new URL('traces/', import.meta.url));
const shortest = fileURLToPath(new URL('../../models/mutants/traces/', import.meta.url));

function tracesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

/** The tests of every kept trace. */
function itIsReplayed(file: string): void {
  const kept = readCounterexample(file);

  it('is reproduced by the implementation that it was recorded with', async () => {
    const mutant = kept.mutant === null ? undefined : mutantNamed(kept.mutant);
    const replayed = replay(await loadImplementation(mutant), kept, settling);
    expect(verdictOf(replayed)).toMatch(/^Reproduced/);
    expect(replayed.outcome).toMatchObject({
      kind: 'reproduced',
      violation: { seen: kept.violation.seen },
    });
  });

  it('breaks no property of the present implementation', () => {
    const { outcome } = replay(realImplementation, kept, settling);
    expect(['diverged', 'no-violation']).toContain(outcome.kind);
  });
}

describe('the traces kept from hunts', () => {
  it('are more than none', () => {
    expect(tracesIn(hunted).length).toBeGreaterThanOrEqual(1);
  });

  describe.each(tracesIn(hunted))('%s', (name) => {
    itIsReplayed(`${hunted}${name}`);

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
    itIsReplayed(`${shortest}${name}`);

    it('has the name of its mutant', () => {
      expect(`${readCounterexample(`${shortest}${name}`).mutant}.json`).toBe(name);
    });
  });
});
