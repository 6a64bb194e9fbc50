import { describe, expect, it } from 'vitest';
import { patchedSources } from '../../models/mutants/load.ts';
import { shellMutants } from '../../models/room/mutants/index.ts';

describe('the mutants of the shell', () => {
  it.each(shellMutants)('still apply to the source: $name', ({ name, edits }) => {
    expect(patchedSources(name, edits).size).toBeGreaterThan(0);
  });

  it('have names of their own, in kebab-case', () => {
    const names = shellMutants.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });
});
