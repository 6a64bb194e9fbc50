import { expect, test } from 'vitest';
import { judge, reachedByProtocol } from '../../models/protocol/mutants/judge.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { protocol } from '../../spec/protocol/index.ts';

const states = reachedByProtocol();

test.each(ruleMutantsOf(protocol))('the protocol without one rule breaks a property: $name', ({ rules }) => {
  expect(judge(states, rules)).toMatchObject({ outcome: 'broken' });
});
