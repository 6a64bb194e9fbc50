import { describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { Judging } from './judging.ts';

describe('the traces of simulated runs', () => {
  it('are legal', () => {
    const judging = new Judging(realImplementation);
    expect(judging.batch(20)).toBe(20);
    expect(judging.problem).toBeUndefined();
    expect(judging.taken.get('execute')).toBeGreaterThan(10);
  });

  it('are refused with a mutant', async () => {
    const judging = new Judging(await loadImplementation(mutantNamed('no-dedupe')));
    for (let batch = 0; batch < 10 && judging.problem === undefined; batch++) judging.batch(10);
    expect(judging.problem).toBeDefined();
  });
});
