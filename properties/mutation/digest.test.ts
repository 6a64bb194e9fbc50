import { describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { StaleMutantError } from '../../models/mutants/mutant.ts';
import { digestsOf, type Settings } from '../../models/mutation/hunts/digest.ts';

const mutant = mutantNamed('ack-on-gap');
const settings: Settings = { properties: 'all', seconds: 60 };
const digest = async (one = mutant, how = settings) => (await digestsOf([one], how)).get(one.name);

describe('the digest of a hunt', () => {
  it('is the same for a mutant with another description', async () => {
    const both = await digestsOf([mutantNamed('no-dedupe'), mutant], settings);
    expect(both.get('ack-on-gap')).toBe(await digest());
    expect(await digest({ ...mutant, rule: 'Said in other words.' })).toBe(await digest());
  });

  it('differs for other edits, properties and seconds', async () => {
    const edits = mutant.edits.map((edit) => ({ ...edit, replace: `${edit.replace} ` }));
    const all = [
      await digest(),
      await digest({ ...mutant, edits }),
      await digest(mutant, { ...settings, properties: 'guarantees' }),
      await digest(mutant, { ...settings, seconds: 61 }),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it('is not computed for a stale mutant', async () => {
    const edits = mutant.edits.map((edit) => ({ ...edit, find: 'absent text' }));
    await expect(digest({ ...mutant, edits })).rejects.toThrow(StaleMutantError);
  });
});
