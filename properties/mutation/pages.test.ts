import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ablationNamed, ablations } from '../../models/mutants/catalogue/index.ts';
import { contentsOf } from '../../models/mutation/contents.ts';
import { outdatedPages, updatePages, writtenPages } from '../../models/mutation/pages.ts';
import { comesBefore } from '../../models/mutation/traces.ts';
import { runCommand } from '../running.ts';

const folder = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the pages about the rules', () => {
  it('are up to date', async () => {
    const reasons = fileURLToPath(new URL('../../spec/reasons/', import.meta.url));
    // What to do about it: npm run reasons.
    expect(outdatedPages(reasons, await writtenPages())).toEqual([]);
    expect(readdirSync(reasons)).toHaveLength(ablations.length + 1);
  });

  it('are checked by a command that writes nothing', () => {
    const { code, out } = runCommand('reasons', ['--check']);
    expect(out).toBe(`All ${ablations.length + 1} pages are up to date.\n`);
    expect(code).toBe(0);
  });

  it('are written where they are missing, and taken away where they are of no use', () => {
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

describe('the page that leads to them', () => {
  const ablation = ablationNamed('ack-on-gap');

  it('does without a campaign', () => {
    const text = contentsOf([ablation], undefined, { removals: [], trials: undefined });
    expect(text).toContain(
      `| [ack-on-gap](ack-on-gap.md) | ${ablation.rule} | VRR §4.1 | durability | – | – |`,
    );
    expect(text).not.toContain('## Rules that can go');
  });

  it('tells which rules can go', () => {
    const harmless = { ...ablation, name: 'for-comfort', because: 'Somebody else | takes care.' };
    expect(contentsOf([], undefined, { removals: [harmless], trials: undefined })).toContain(
      `| for-comfort | ${ablation.rule} | VRR §4.1 | Somebody else \\| takes care. |`,
    );
  });
});

describe('a story', () => {
  const story = (steps: number, minimal: boolean) => ({ steps, minimal });

  it.each([
    [story(3, false), story(4, true), true],
    [story(4, true), story(4, false), true],
    [story(4, false), story(4, false), false],
    [story(4, false), story(4, true), false],
    [story(5, true), story(4, false), false],
  ])('%j is better kept than %j: %s', (one, other, is) => {
    expect(comesBefore(one, other)).toBe(is);
  });
});
