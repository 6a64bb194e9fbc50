import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protocolInvariants } from '../../models/protocol/invariants/index.ts';
import { follow } from '../../models/protocol/mutants/follow.ts';
import { counting } from '../../models/protocol/mutants/judge.ts';
import { judgeWith } from '../../models/protocol/mutants/load.ts';
import { legalScripts, refusedScripts } from '../../models/protocol/mutants/scripts.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { guarantees } from '../../spec/promise/index.ts';
import { protocol } from '../../spec/protocol/index.ts';
import { root } from '../root.ts';

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

/** For each of them a mutant that is noticed because it refuses a step, or breaks an invariant. */
const noticed: readonly (readonly [file: string, find: string, replacement: string, invariant?: string])[] = [
  ['actions/normal.ts', 'message.viewNumber <= viewNumber', 'message.viewNumber < viewNumber'],
  ['state/group.ts', 'reads = false', 'reads = true'],
  ['actions/normal.ts', 'predicted.time >= (', 'predicted.time > ('],
  ['actions/crashes.ts', 'viewNumber && isPrimary(back, replica)', 'viewNumber'],
  ['actions/crashes.ts', 'lastNormalView === viewNumber && isPrimary(back', 'isPrimary(back'],
  ['actions/crashes.ts', 'writes[survivors - 1]', 'writes[survivors + 1]'],
  ['actions/crashes.ts', 'Math.max(', 'Math.min('],
  ['actions/crashes.ts', 'viewNumber === latest && replica', 'replica'],
  ['state/log.ts', 'one.predicted.time === other.predicted.time', 'true'],
  ['state/log.ts', 'one.session === other.session', 'true'],
  ['state/log.ts', 'one.requestNumber === other.requestNumber', 'true'],
  ['actions/damage.ts', 'Math.max(0, ...before)', 'Math.min(0, ...before)'],
  ['actions/generations.ts', 'disk.generations !== undefined) return', 'true) return', 'loss-is-known'],
];

test.each(legalScripts.map((script, index) => [script.name, ...(noticed[index] ?? ['', '', ''])] as const))(
  '%s: a mutant of %s is noticed by it',
  async (script, path, find, replacement, property) => {
    const file = `spec/protocol/${path}`;
    const source = readFileSync(join(root, file), 'utf8');
    const start = source.indexOf(find);
    expect(source.split(find)).toHaveLength(2);
    const { judge } = await judgeWith({ file, start, end: start + find.length, replacement }, source);
    expect(judge([])).toEqual(
      property === undefined ? { outcome: 'forbids', script } : { outcome: 'broken', property },
    );
  },
);
