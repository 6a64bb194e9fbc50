import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { contentsOf } from '../../models/mutation/pages/contents.ts';
import { outdatedPages, updatePages } from '../../models/mutation/pages/pages.ts';
import { comesBefore } from '../../models/mutation/traces/keptTraces.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the pages about the rules', () => {
  it('are written if they are missing or outdated, and removed if their mutant is gone', () => {
    const pages = new Map([
      ['README.md', 'contents\n'],
      ['one.md', 'one\n'],
    ]);
    writeFileSync(join(folder, 'one.md'), 'one, differently\n');
    writeFileSync(join(folder, 'gone.md'), 'gone\n');
    writeFileSync(join(folder, 'other.txt'), 'other\n');
    const names = ['README.md', 'gone.md', 'one.md'];
    expect(outdatedPages(folder, pages)).toEqual(names);
    expect(updatePages(folder, pages)).toEqual(names);
    expect(outdatedPages(folder, pages)).toEqual([]);
    expect(readFileSync(join(folder, 'one.md'), 'utf8')).toBe('one\n');
    expect(readdirSync(folder).sort()).toEqual(['README.md', 'one.md', 'other.txt']);
  });
});

describe('the table of contents of these pages', () => {
  const mutant = mutantNamed('ack-on-gap');

  it('shows no figures without a mutation run', () => {
    const text = contentsOf([mutant], undefined, { ruleChanges: [], runs: undefined });
    expect(text).toContain(
      `| [ack-on-gap](ack-on-gap.md) | ${mutant.rule} | VRR §4.1 | durability | – | – |`,
    );
    expect(text).not.toContain('## Tolerated mutants');
  });

  it('lists the tolerated mutants', () => {
    const tolerated = { ...mutant, name: 'for-comfort', because: 'Another rule | covers it.' };
    expect(contentsOf([], undefined, { ruleChanges: [tolerated], runs: undefined })).toContain(
      `| for-comfort | ${mutant.rule} | VRR §4.1 | Another rule \\| covers it. |`,
    );
  });
});

describe('a trace', () => {
  const trace = (steps: number, minimal: boolean) => ({ steps, minimal });

  it.each([
    [trace(3, false), trace(4, true), true],
    [trace(4, true), trace(4, false), true],
    [trace(4, false), trace(4, false), false],
    [trace(4, false), trace(4, true), false],
    [trace(5, true), trace(4, false), false],
  ])('%j is preferred to %j: %s', (one, other, is) => {
    expect(comesBefore(one, other)).toBe(is);
  });
});
