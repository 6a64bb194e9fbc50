import { describe, expect, it, test } from 'vitest';
import { argued } from '../../models/protocol/arguedRules.ts';
import { judge, reachedByProtocol } from '../../models/protocol/mutants/judge.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { protocol } from '../../spec/protocol/index.ts';

const mutants = ruleMutantsOf(protocol);
const states = reachedByProtocol();

describe('the protocol without one rule', () => {
  test.each(mutants.filter(({ name }) => !argued.has(name)))('breaks a property: $name', ({ rules }) => {
    expect(judge(states, rules)).toMatchObject({ outcome: 'broken' });
  });

  it('is found for 95 of 100 rules, and the others are argued', () => {
    for (const name of argued.keys()) expect(mutants.map((mutant) => mutant.name)).toContain(name);
    expect((mutants.length - argued.size) / mutants.length).toBeGreaterThanOrEqual(0.95);
  });
});
