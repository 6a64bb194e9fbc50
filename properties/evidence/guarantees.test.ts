import { expect, test } from 'vitest';
import { guarantees } from '../../spec/promise/index.ts';
import { guaranteeEvidence } from './guarantees.ts';
import { tryMutants } from './tryProperties.ts';

// An invariant without evidence does not compile; a guarantee stands in spec/, apart from its evidence.
test('every guarantee has evidence, and no evidence is left of one that is gone', () => {
  expect([...guaranteeEvidence.keys()].sort()).toEqual(guarantees.map(({ name }) => name).sort());
});

tryMutants('guarantee');
