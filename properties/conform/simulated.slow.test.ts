import { describe, expect, it } from 'vitest';
import { mutantNamed } from '../../models/mutants/catalogue/index.ts';
import { loadImplementation } from '../../models/mutants/load.ts';
import { realImplementation } from '../../models/world/implementation.ts';
import { protocol } from '../../spec/protocol/index.ts';
import { Judging } from './judging.ts';

/** What clients do is not traced, and a trace does not tell what is known of lost storages. */
const notTraced = new Set(['submit', 'take-answer', 'lose-storage', 'learn-loss', 'note-loss', 'ask-read']);
/** What the implementation does not do yet. */
const notYet = new Set(['note-read', 'begin-round', 'CONFIRM', 'COMMITOK', 'READREPLY']);

describe('the traces of many simulated runs', () => {
  it('are legal, with every action and every message of the protocol', () => {
    const judging = new Judging(realImplementation);
    expect(judging.batch(200)).toBe(200);
    expect(judging.problem).toBeUndefined();
    const names = [...Object.keys(protocol.actions), ...Object.keys(protocol.permissions)];
    expect(
      names.filter((name) => !notTraced.has(name) && !notYet.has(name) && !judging.taken.has(name)),
    ).toEqual([]);
  });

  it.each(['view-not-durable', 'prepare-adopts-view', 'startview-reapplied', 'recovery-from-view-change'])(
    'are refused with the mutant %s',
    async (name) => {
      const judging = new Judging(await loadImplementation(mutantNamed(name)));
      for (let batch = 0; batch < 20 && judging.problem === undefined; batch++) judging.batch(20);
      expect(judging.problem).toBeDefined();
    },
  );
});
