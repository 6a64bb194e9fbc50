import { describe, expect, it } from 'vitest';
import { ablationNamed } from '../../models/mutants/catalogue/index.ts';
import { StaleAblationError } from '../../models/mutants/mutant.ts';
import { digestsOf, type Settings } from '../../models/mutation/digest.ts';

const ablation = ablationNamed('ack-on-gap');
const settings: Settings = { claims: 'all', seconds: 60 };
const digest = async (one = ablation, how = settings) => (await digestsOf([one], how)).get(one.name);

describe('the digest of what is hunted', () => {
  it('is the same as long as nothing changes that matters', async () => {
    const both = await digestsOf([ablationNamed('no-dedupe'), ablation], settings);
    expect(both.get('ack-on-gap')).toBe(await digest());
    expect(await digest({ ...ablation, rule: 'Said in other words.' })).toBe(await digest());
  });

  it('is another one for other edits, claims and seconds', async () => {
    const edits = ablation.edits.map((edit) => ({ ...edit, replace: `${edit.replace} ` }));
    const all = [
      await digest(),
      await digest({ ...ablation, edits }),
      await digest(ablation, { ...settings, claims: 'guarantees' }),
      await digest(ablation, { ...settings, seconds: 61 }),
    ];
    expect(new Set(all).size).toBe(4);
  });

  it('is refused where an edit does not fit', async () => {
    const edits = ablation.edits.map((edit) => ({ ...edit, find: 'what is not there' }));
    await expect(digest({ ...ablation, edits })).rejects.toThrow(StaleAblationError);
  });
});
