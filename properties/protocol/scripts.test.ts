import { expect, test } from 'vitest';
import { follow } from '../../models/protocol/mutants/follow.ts';
import { counting } from '../../models/protocol/mutants/judge.ts';
import { scripts } from '../../models/protocol/mutants/scripts.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { guarantees } from '../../spec/promise/index.ts';
import { protocol } from '../../spec/protocol/index.ts';

const mutants = new Map(ruleMutantsOf(protocol).map(({ name, rules }) => [name, rules]));

test.each(scripts)('$name: $refusedBy refuses it, and without that rule a guarantee breaks', (script) => {
  expect(follow(protocol, counting, script)).toEqual({ rule: script.refusedBy });
  const rules = mutants.get(script.refusedBy ?? '');
  if (rules === undefined) throw new Error(`There is no rule ${script.refusedBy}.`);
  const { property } = follow(rules, counting, script, { invariants: [] });
  expect(guarantees.map(({ name }) => name)).toContain(property);
});
