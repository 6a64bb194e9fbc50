import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { protocolInvariants } from '../../models/protocol/invariants/index.ts';
import { follow } from '../../models/protocol/mutants/follow.ts';
import { counting, isBroken } from '../../models/protocol/mutants/judge.ts';
import { judgeWith } from '../../models/protocol/mutants/load.ts';
import { refusedScripts } from '../../models/protocol/mutants/scripts.ts';
import { ruleMutantsOf } from '../../models/protocol/ruleMutants.ts';
import { protocol } from '../../spec/protocol/index.ts';
import { root } from '../root.ts';

/** For each invariant a rule without which it breaks, and the exploration of judge.ts in which it does. */
const byRule: readonly (readonly [invariant: string, rule: string, exploration: number])[] = [
  ['normal-before-moved', 'enter-view/view-is-later', 0],
  ['views-only-rise', 'enter-view/view-is-later', 2],
  ['promise-is-durable', 'enter-view/view-is-later', 0],
  ['acknowledged-is-held', 'accept/log-grows', 0],
  ['vote-covers-acknowledged', 'PREPAREOK/no-later-view', 2],
  ['vote-of-earlier-view', 'DOVIEWCHANGE/vote-is-own-log', 0],
  ['told-view-stays-started', 'PREPARE/view-is-stored', 2],
  ['told-is-committed', 'COMMIT/told-is-executed', 0],
  ['reply-is-executed', 'REPLY/request-is-executed', 0],
  ['read-is-executed', 'READREPLY/log-is-executed', 9],
  ['restarts-are-told-apart', 'RECOVERY/is-recovering', 0],
  ['answers-were-asked', 'RECOVERYRESPONSE/was-asked', 1],
  ['answer-with-log-is-of-primary', 'RECOVERYRESPONSE/primary-adds-its-log', 1],
  ['loss-is-known', 'RECOVERYRESPONSE/loss-is-noted', 8],
  ['known-loss-was-told', 'RECOVERYRESPONSE/knowledge-is-held', 8],
  ['same-view-same-log', 'order/primary-orders', 4],
  ['log-of-its-view', 'adopt/view-has-started', 0],
  ['told-log-of-its-view', 'NEWSTATE/log-of-the-view', 0],
  ['primary-holds-most', 'order/primary-orders', 0],
  ['executed-stays-in-log', 'accept/log-grows', 0],
  ['entries-were-asked', 'order/client-asked', 0],
  ['requests-in-order', 'order/request-is-next', 0],
  ['time-rises', 'order/time-goes-on', 4],
  ['quorum-started-view', 'start-view/quorum-has-voted', 0],
  ['started-with-committed', 'start-view/votes-for-the-view', 0],
  ['votes-meet-committed', 'adopt/not-twice', 0],
  ['committed-agree', 'order/primary-orders', 4],
  ['executed-was-acknowledged', 'execute/entry-is-committed', 0],
];

/** For others a rule that refuses a step of a run which is written by hand. */
const byScript = [['learned-loss-is-new', 'learn-loss/enough-answers']] as const;

/** For the others a change of an effect. */
const byEffect: readonly (readonly [
  invariant: string,
  file: string,
  find: string,
  replacement: string,
  exploration: number,
])[] = [
  [
    'writes-end-in-memory',
    'state/state.ts',
    "const needsNoWrite = after.status !== 'up'",
    'const needsNoWrite = true',
    0,
  ],
  ['log-or-recovering', 'actions/crashes.ts', 'if (log === undefined) return', 'if (true) return', 2],
  ['writes-change-the-disk', 'state/state.ts', 'after.writes.at(-1)', 'after.writes.at(1)', 2],
  ['table-is-bounded', 'actions/clients.ts', '>= group.sessions', '> group.sessions', 6],
  ['session-is-registration', 'actions/clients.ts', 'isBounded && requestNumber === 0', 'isBounded', 6],
  [
    'session-is-registration',
    'actions/clients.ts',
    'if (endsSession(last)) {',
    'if (endsSession(last) && session < 0) {',
    7,
  ],
  [
    'oldest-is-evicted',
    'actions/clients.ts',
    'if (clients.get(clientId)?.session === session) clients.delete(clientId);',
    'clients.delete(clientId);',
    7,
  ],
  ['table-follows-log', 'actions/clients.ts', 'later.reverse()', 'later', 6],
  [
    'oldest-is-evicted',
    'actions/clients.ts',
    'one.opNumber - other.opNumber',
    'other.opNumber - one.opNumber',
    7,
  ],
  [
    'moved-view-survives',
    'actions/crashes.ts',
    'incarnation + 1, viewNumber, generations }',
    'incarnation + 1, viewNumber: 0, generations }',
    2,
  ],
];

describe('an invariant of the protocol, checked alone, breaks', () => {
  const mutants = new Map(ruleMutantsOf(protocol).map(({ name, rules }) => [name, rules]));

  test.each(byRule)('%s without the rule %s', (invariant, rule, exploration) => {
    const rules = mutants.get(rule);
    if (rules === undefined) throw new Error(`There is no rule ${rule}.`);
    expect(isBroken(invariant, exploration, rules)).toBe(true);
  });

  test.each(byScript)('%s without the rule %s, in a run that is written by hand', (name, rule) => {
    const script = refusedScripts.find(({ refusedBy }) => refusedBy === rule);
    const rules = mutants.get(rule);
    if (script === undefined || rules === undefined) throw new Error(`No run is refused by ${rule}.`);
    const invariants = protocolInvariants.filter((invariant) => invariant.name === name);
    expect(follow(rules, counting, script, { guarantees: [], invariants })).toEqual({ property: name });
  });

  test.each(byEffect)('%s with a change in %s', async (invariant, path, find, replacement, exploration) => {
    const file = `spec/protocol/${path}`;
    const source = readFileSync(join(root, file), 'utf8');
    const start = source.indexOf(find);
    expect(source.split(find)).toHaveLength(2);
    const edit = { file, start, end: start + find.length, replacement };
    const mutant = await judgeWith(edit, source);
    expect(mutant.isBroken(invariant, exploration)).toBe(true);
  });

  it('is shown for every invariant, and each has its own name', () => {
    const names = protocolInvariants.map(({ name }) => name);
    const shown = new Set([...byRule, ...byScript, ...byEffect].map(([name]) => name));
    expect([...shown].sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
  });
});
