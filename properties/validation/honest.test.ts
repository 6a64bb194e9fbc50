import { describe, expect, test } from 'vitest';
import {
  answerTo,
  type CheckpointMessage,
  configure,
  createReplica,
  type DoViewChange,
  fork,
  type Json,
  Log,
  ledgerService,
  type Message,
  noEnd,
  type Output,
  type RejectReason,
  type Replica,
  step,
  Tree,
} from '../../impl/index.ts';
import { asInVrr } from '../asInVrr.ts';
import { commitOf } from '../commit.ts';
import { checkpointing, fill } from '../paper/checkpointing.ts';
import { inject } from '../paper/tamper.ts';

/** Gives the replica a message that no correct replica sends: it must give the reason, and be unchanged in every field. */
function expectRejected(replica: Replica, message: Message, reason: RejectReason): void {
  const before = { ...fork(replica) };
  const outputs = step(replica, { type: 'message', message });
  expect(outputs).toEqual([{ type: 'rejected', reason }]);
  for (const [name, value] of Object.entries({ ...replica, held: before.held }))
    expect(value, name).toBe(Object.entries(before).find(([field]) => field === name)?.[1]);
}

describe('a message rejected for what the replica has executed changes nothing', () => {
  test('a vote of a later normal view that lacks an executed entry', () => {
    const group = checkpointing();
    fill(group, 'abc');
    group.fire(2, 'suspect');
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    group.lose('STARTVIEWCHANGE', { from: 2 });
    inject(group, {
      from: 1,
      to: 2,
      message: { type: 'STARTVIEWCHANGE', viewNumber: 2, replicaNumber: 1, callers: 0 },
    });
    const replica = group.replica(2);
    expect(replica).toMatchObject({ status: 'view-change', viewNumber: 2, commitNumber: 2 });
    expect(replica.doViewChanges).toHaveLength(1);
    const numbers = { viewNumber: 2, lastNormalView: 1, opNumber: 0, commitNumber: 0, replicaNumber: 1 };
    const suffix = Log.empty.suffix(0);
    const vote: DoViewChange = { type: 'DOVIEWCHANGE', suffix, ...numbers, generations: [] };
    expectRejected(replica, vote, 'log-lacks-executed-entries');
  });

  test('a RECOVERYRESPONSE whose log ends before the own checkpoint does not end the recovery', () => {
    const group = checkpointing();
    fill(group, 'abcdefgh');
    group.crash(2);
    group.restart(2);
    group.deliver('RECOVERY', { to: 1 });
    group.deliver('RECOVERYRESPONSE', { from: 1 });
    expect(group.replica(2)).toMatchObject({ status: 'recovering', commitNumber: 6 });
    const state = { suffix: Log.after(3, noEnd).suffix(3), opNumber: 3, commitNumber: 3 };
    const message: Message = {
      ...{ type: 'RECOVERYRESPONSE', viewNumber: 0, nonce: '2/1.0', state, replicaNumber: 0 },
      membership: group.replica(0).membership,
    };
    expect(step(group.replica(2), { type: 'message', message })).toEqual([]);
    expect(group.replica(2)).toMatchObject({ status: 'recovering', commitNumber: 6, log: { length: 6 } });
  });
});

const impossible = Tree.empty<Json>().set('0', 'this is no JSON');

describe('a checkpoint that no replica with this service can have', () => {
  const ledger = configure(3, 'diskless', ledgerService, asInVrr);

  /** A replica that lacks six entries, and has been offered a checkpoint that stands for them, with this state. */
  function offered(state: Tree): Replica {
    const replica = createReplica(ledger, 2);
    const message = commitOf(Log.after(6, noEnd), 6);
    step(replica, { type: 'message', message });
    const [question] = questionsIn(step(replica, { type: 'message', message: offerOf(state) }));
    expect(question).toMatchObject({ type: 'GETCHECKPOINT', part: 'state' });
    return replica;
  }

  function offerOf(state: Tree): CheckpointMessage {
    const digests = { table: Tree.empty<Json>().digest, state: state.digest };
    return {
      type: 'CHECKPOINT',
      viewNumber: 0,
      opNumber: 6,
      ...noEnd,
      digests,
      exchanged: null,
      replicaNumber: 0,
    };
  }

  /** The answer to the replica's question about the state. */
  function answerOf(replica: Replica, state: Tree): CheckpointMessage {
    const [question] = questionsIn(step(fork(replica), { type: 'message', message: offerOf(state) }));
    if (question?.type !== 'GETCHECKPOINT') throw new Error('It asked nothing.');
    const paths = question.questions.map(({ path }) => path);
    const answer = answerTo(question.questions, state, ledger);
    return { ...offerOf(state), exchanged: { part: 'state', paths, answer } };
  }

  function questionsIn(outputs: readonly Output[]): readonly Message[] {
    return outputs.flatMap((output) => (output.type === 'send' ? [output.message] : []));
  }

  test('is installed by no replica, and each stays as it was', () => {
    const replica = offered(impossible);
    step(replica, { type: 'message', message: answerOf(replica, impossible) });
    expect(replica).toMatchObject({ commitNumber: 0, serviceState: ledgerService.initial, checkpoints: [] });
    expect(replica.log.length).toBe(0);
    const outputs = step(replica, { type: 'timer', timer: 'resend' });
    expect(questionsIn(outputs)).toMatchObject([{ type: 'GETSTATE', opNumber: 0 }]);
  });

  test('does not keep the replica from fetching the right one', () => {
    const replica = offered(impossible);
    step(replica, { type: 'message', message: answerOf(replica, impossible) });
    const possible = Tree.empty<Json>().set('0', '{"position":6,"digest":1}');
    step(replica, { type: 'message', message: offerOf(possible) });
    step(replica, { type: 'message', message: answerOf(replica, possible) });
    expect(replica).toMatchObject({ commitNumber: 6, serviceState: { position: 6, digest: 1 } });
  });

  test('is reported to the operator', () => {
    const replica = offered(impossible);
    const reason = { code: 'checkpoint-not-restorable', opNumber: 6 };
    expect(step(replica, { type: 'message', message: answerOf(replica, impossible) })).toEqual([
      { type: 'alarm', reason },
    ]);
  });
});
