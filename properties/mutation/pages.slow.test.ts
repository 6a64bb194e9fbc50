import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { mutants } from '../../models/mutants/catalogue/index.ts';
import { outdatedPages, writtenPages } from '../../models/mutation/pages/pages.ts';

// Written anew, the pages replay the shortest trace of every mutant.
describe('the pages about the rules', () => {
  it('are up to date', async () => {
    const reasons = fileURLToPath(new URL('../../spec/reasons/', import.meta.url));
    // If this fails, run npm run reasons. The CI also runs the command that checks them.
    expect(outdatedPages(reasons, await writtenPages())).toEqual([]);
    // The contents, and the page that compares the specification with the other properties.
    expect(readdirSync(reasons)).toHaveLength(mutants.length + 2);
  });
});
