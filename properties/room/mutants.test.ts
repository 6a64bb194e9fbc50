import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { patchedSources } from '../../models/mutants/load.ts';
import { readRoomRun, roomRunFile, roomRunTable } from '../../models/mutation/table/roomRun.ts';
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

  it('that were measured were each found by 19 of 20 hunts of a minute, as the results page shows', () => {
    const rows = readRoomRun(roomRunFile);
    const names = shellMutants.map(({ name }) => name);
    for (const { mutant, found, of } of rows) {
      expect(names).toContain(mutant);
      expect(of, mutant).toBeGreaterThanOrEqual(20);
      expect(found / of, mutant).toBeGreaterThanOrEqual(0.95);
    }
    const page = readFileSync(new URL('../../docs/results.md', import.meta.url), 'utf8');
    expect(page).toContain(roomRunTable(rows));
  });
});
