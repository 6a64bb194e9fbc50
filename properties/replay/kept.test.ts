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

/** What must hold of every kept trace. */
function itIsReplayed(file: string): void {
  const kept = readCounterexample(file);

  it('is reproduced by what it was recorded on', async () => {
    const mutant = kept.mutant === null ? undefined : mutantNamed(kept.mutant);
    const replayed = replay(await loadImplementation(mutant), kept, settling);
    expect(verdictOf(replayed)).toMatch(/^Reproduced/);
    expect(replayed.outcome).toMatchObject({
      kind: 'reproduced',
      violation: { seen: kept.violation.seen },
    });
  });

  it('breaks nothing in the implementation as it stands', () => {
    const { outcome } = replay(realImplementation, kept, settling);
    expect(['diverged', 'no-violation']).toContain(outcome.kind);
  });
}

describe('traces that hunts found', () => {
  it('exist', () => {
    expect(tracesIn(hunted).length).toBeGreaterThanOrEqual(1);
  });

  describe.each(tracesIn(hunted))('%s', (name) => {
    itIsReplayed(`${hunted}${name}`);

    it('is called by what it breaks', () => {
      const { mutant, violation } = readCounterexample(`${hunted}${name}`);
      expect(name).toMatch(new RegExp(`^${mutant ?? 'impl'}-${violation.property}-`));
    });
  });
});

describe('the shortest known traces', () => {
  it('are kept of every mutant, and of nothing else', () => {
    expect(tracesIn(shortest)).toEqual(mutants.map(({ name }) => `${name}.json`).sort());
  });

  describe.each(tracesIn(shortest))('%s', (name) => {
    itIsReplayed(`${shortest}${name}`);

    it('is called by its mutant', () => {
      expect(`${readCounterexample(`${shortest}${name}`).mutant}.json`).toBe(name);
    });
  });
});
