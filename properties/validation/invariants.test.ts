import { expect, test } from 'vitest';
import {
  assertInvariants,
  brokenInvariant,
  configure,
  createReplica,
  type DoViewChange,
  foundedAtOnce,
  Log,
  ledgerService,
  noEnd,
  type Replica,
  Tree,
} from '../../impl/index.ts';
import { noMembership } from '../../impl/replica/data/membership.ts';
import { commitOf } from '../commit.ts';
import { unpredicted } from '../unpredicted.ts';

const request = { type: 'REQUEST', operation: 'a', clientId: 'c', session: 0, requestNumber: 1 } as const;
const log = Log.empty.append({ ...request, predicted: unpredicted });
const checkpoint = { ...noEnd, opNumber: 1, time: 0, state: Tree.empty(), table: Tree.empty() };
const transfer = { viewNumber: 0, asked: 1, silent: 0, log: Log.empty, from: undefined, shown: undefined };
const recovery = {
  ...{ incarnation: 'disk/1', name: null, founders: [], attempt: 0 },
  ...{ responses: [], recovering: [], recoveringBefore: [] },
};
const vote: DoViewChange = {
  ...{ type: 'DOVIEWCHANGE', viewNumber: 3, suffix: log.suffix(1), lastNormalView: 0 },
  ...{ opNumber: 1, commitNumber: 0, replicaNumber: 1, generations: [] },
};
const output = { type: 'send', to: 1, message: commitOf(Log.empty, 0) } as const;

/** Replica 0 of three, the primary of view 0, with an entry that is not committed, and these fields. */
function replicaWith(fields: Partial<Replica>): Replica {
  const replica = createReplica(configure(3, 'durable', ledgerService), 0);
  return Object.assign(replica, { log, membership: foundedAtOnce(replica.configuration) }, fields);
}

test.each<[string, Partial<Replica>]>([
  ['nothing more', {}],
  ['an executed entry', { commitNumber: 1, checkpoints: [checkpoint] }],
  [
    'a log that begins after its checkpoint',
    { log: Log.after(1, noEnd), commitNumber: 1, checkpoints: [checkpoint] },
  ],
  ['a later view change under way', { viewNumber: 1, status: 'view-change' }],
  [
    'a fetched log of its own view, as a backup',
    { viewNumber: 1, lastNormalView: 1, transfer: { ...transfer, viewNumber: 1 } },
  ],
  ['a fetched log of a later view', { status: 'state-transfer', transfer: { ...transfer, viewNumber: 1 } }],
  [
    'a fetched log of the view that it calls for',
    { viewNumber: 1, status: 'state-transfer', transfer: { ...transfer, viewNumber: 1 } },
  ],
  ['a fetched log for a view change', { viewNumber: 3, status: 'view-change', transfer }],
  ['a recovery', { status: 'recovering', recovery }],
  ['all entries acknowledged', { acknowledged: [1, 1, 0], prepares: [1] }],
  [
    'calls and votes of others',
    {
      viewNumber: 3,
      status: 'view-change',
      startViewChanges: 0b110,
      doViewChanges: [vote],
    },
  ],
  ['a message held', { issuedWrite: 2, viewWrite: 2, durableWrite: 1, held: [{ after: 2, output }] }],
])('a replica with %s breaks no invariant', (_, fields) => {
  const replica = replicaWith(fields);
  expect(brokenInvariant(replica)).toBeUndefined();
  expect(() => assertInvariants(replica)).not.toThrow();
});

test.each<[Partial<Replica>, string]>([
  [{ lastNormalView: 1 }, 'The last normal view is 1, in view 0.'],
  [{ commitNumber: 2 }, 'The commit-number is 2, of 1 entries.'],
  [
    { log: Log.after(1, noEnd), commitNumber: 1 },
    'The log begins after entry 1, and the first checkpoint is of 0.',
  ],
  [{ checkpoints: [checkpoint] }, 'A checkpoint is of 1 entries, and 0 are executed.'],
  [
    { pending: replicaWith({}).pending.set('c', 1).set('d', 2) },
    '2 clients have pending requests, and 1 entries are not executed.',
  ],
  [
    { commitNumber: 1, pending: replicaWith({}).pending.set('c', 1) },
    '1 clients have pending requests, and 0 entries are not executed.',
  ],
  [{ viewNumber: 1 }, 'It is normal in view 1, and was last normal in view 0.'],
  [{ status: 'recovering' }, 'Its status is recovering, and no recovery is under way.'],
  [{ recovery }, 'Its status is normal, and a recovery is under way.'],
  [{ membership: noMembership }, 'Its status is normal, and it takes part in no group.'],
  [{ status: 'state-transfer' }, 'It fetches no log.'],
  [{ transfer }, 'It is normal in view 0, and fetches the log of view 0.'],
  [{ viewNumber: 1, lastNormalView: 1, transfer }, 'It is normal in view 1, and fetches the log of view 0.'],
  [{ viewNumber: 1, status: 'state-transfer', transfer }, 'It is in view 1, and fetches the log of view 0.'],
  [{ acknowledged: [0, 0, 2] }, 'Replica 2 is said to have acknowledged more than the log holds.'],
  [{ prepares: [2] }, 'The PREPAREs outstanding end at 2, and the log at 1.'],
  [{ prepares: [1, 1, 1] }, 'The PREPAREs outstanding end at 1,1,1, and the log at 1.'],
  [{ startViewChanges: 0b11 }, 'It counts itself among the others that call for the view.'],
  [{ doViewChanges: [vote] }, 'It holds a vote for view 3, in view 0.'],
  [{ viewWrite: 1 }, 'Write 1 was never issued; the last one was 0.'],
  [{ durableWrite: 1 }, 'Write 1 was never issued; the last one was 0.'],
  [
    { issuedWrite: 1, held: [{ after: 2, output }] },
    'A message waits for write 2, and 0 of 1 writes are durable.',
  ],
  [
    { issuedWrite: 1, durableWrite: 1, held: [{ after: 1, output }] },
    'A message waits for write 1, and 1 of 1 writes are durable.',
  ],
])('a replica with %o breaks an invariant, which is named', (fields, sentence) => {
  const replica = replicaWith(fields);
  expect(brokenInvariant(replica)).toBe(sentence);
  expect(() => assertInvariants(replica)).toThrow(`Replica 0 broke an invariant. ${sentence}`);
  expect(() => assertInvariants(replica)).toThrow('start the replica again with the storage that it has');
});
