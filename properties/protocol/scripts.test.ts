import { expect, test } from 'vitest';
import { protocolInvariants } from '../../models/protocol/invariants/index.ts';
import { follow } from '../../models/protocol/mutants/follow.ts';
import { counting } from '../../models/protocol/mutants/judge.ts';
import { legalScripts, refusedScripts } from '../../models/protocol/mutants/scripts.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { guarantees } from '../../spec/promise/index.ts';
import { protocol } from '../../spec/protocol/index.ts';

const mutants = new Map(ruleMutantsOf(protocol).map(({ name, rules }) => [name, rules]));

/** Without these rules the script breaks an invariant, and no guarantee. */
const invariantOnly = ['start-view/view-not-started', 'RECOVERY/is-recovering'];

test.each(refusedScripts)(
  '$name: $refusedBy refuses it, and without that rule a guarantee breaks',
  (script) => {
    expect(follow(protocol, counting, script)).toEqual({ rule: script.refusedBy });
    const rules = mutants.get(script.refusedBy);
    if (rules === undefined) throw new Error(`There is no rule ${script.refusedBy}.`);
    const isInvariant = invariantOnly.includes(script.refusedBy);
    const { property } = follow(rules, counting, script, isInvariant ? {} : { invariants: [] });
    const names = (isInvariant ? protocolInvariants : guarantees).map(({ name }) => name);
    expect(names).toContain(property);
  },
);

test.each(legalScripts)('$name: every step is legal, and no property breaks', (script) => {
  expect(follow(protocol, counting, script)).toEqual({});
});
