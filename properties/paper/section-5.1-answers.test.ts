import { describe, expect, test } from 'vitest';
import type { CheckpointMessage } from '../../impl/index.ts';
import {
  answerIn,
  answerSome,
  checkpointing,
  exchange,
  extent,
  fill,
  groupThatMovedOn,
  groupWithMuchInCommon,
  laggingGroup,
  namesIn,
  nextQuestion,
  offerToReplica2,
  outcome,
  questionIn,
} from './checkpointing.ts';
import { type AddressedMessage, reasonOf } from './group.ts';
import { inject } from './tamper.ts';

function toReplica2(message: CheckpointMessage): AddressedMessage {
  return { from: 0, to: 2, message };
}

/** A question to replica 2 about the checkpoint after `opNumber` entries. */
function question(opNumber: number, viewNumber = 0): AddressedMessage {
  const questions = [{ path: '', digests: Array.from({ length: 16 }, () => null) }];
  const about = { opNumber, part: 'state', questions } as const;
  return {
    from: 1,
    to: 2,
    message: { type: 'GETCHECKPOINT', viewNumber, ...about, from: 0, replicaNumber: 1 },
  };
}

describe('answers to GETCHECKPOINT, VRR §5.1', () => {
  test('a replica that has not executed as much gives no answer about a checkpoint', () => {
    const group = checkpointing();
    fill(group, 'abcd');
    for (const opNumber of [4, 6]) {
      expect(reasonOf(inject(group, question(opNumber)))).toBe('checkpoint-not-taken');
    }
    expect(reasonOf(inject(checkpointing(), question(3)))).toBe('checkpoint-not-taken');
    expect(group.inFlight).toEqual([]);
  });

  test('a replica that has only a later checkpoint offers that one', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    exchange(group);
    expect(extent(group, 2).checkpoints).toEqual([6]);
    inject(group, question(3));
    expect(group.find('CHECKPOINT')).toMatchObject([{ to: 1, message: { opNumber: 6, exchanged: null } }]);
  });

  test('a replica whose log is of another view gives no answer about a checkpoint', () => {
    const group = groupThatMovedOn();
    for (const viewNumber of [0, 2]) {
      expect(reasonOf(inject(group, question(6, viewNumber)))).toBe('log-of-another-view');
    }
    expect(group.inFlight).toEqual([]);
    inject(group, question(6, 1));
    expect(group.find('CHECKPOINT')).toMatchObject([{ to: 1, message: { viewNumber: 1, opNumber: 6 } }]);
  });

  test('a replica in a view change still answers for the view of its log', () => {
    const group = groupThatMovedOn();
    group.fire(2, 'suspect');
    group.lose();
    expect(group.replica(2)).toMatchObject({ status: 'view-change', viewNumber: 2, lastNormalView: 1 });
    inject(group, question(6, 1));
    expect(group.find('CHECKPOINT')).toMatchObject([{ to: 1, message: { viewNumber: 1, opNumber: 6 } }]);
  });

  test('a recovering replica gives no answer about a checkpoint', () => {
    const group = laggingGroup();
    group.crash(2);
    group.restart(2);
    expect(reasonOf(inject(group, question(6)))).toBe('recovering');
  });
});

describe('taking a CHECKPOINT message, VRR §5.1', () => {
  test('a replica takes no checkpoint that it did not ask for, or of another view', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    const offer = answerIn(group);
    const reason = 'state-not-asked-for';
    expect(reasonOf(inject(group, { ...toReplica2(offer), to: 1 }))).toBe(reason);
    expect(reasonOf(inject(group, toReplica2({ ...offer, viewNumber: 1 })))).toBe(reason);
    expect(group.find('GETCHECKPOINT')).toEqual([]);
  });

  test('a replica takes no checkpoint that ends within what it has executed', () => {
    const group = laggingGroup();
    fill(group, 'i', { without: [2] });
    offerToReplica2(group);
    const [offer, ...answers] = exchange(group);
    group.deliver('GETSTATE');
    // More entries follow, so that it still waits for the log of the view.
    const { commitNumber } = group.replica(2);
    expect(commitNumber).toBe(9);
    for (const packet of [offer, ...answers]) {
      const outputs = packet === undefined ? [] : inject(group, packet);
      expect(reasonOf(outputs)).toBe('already-executed');
    }
    expect(extent(group, 2).checkpoints).toEqual([9]);
  });

  test('a replica takes no answer about another checkpoint than the one that it fetches', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    answerSome(group, 3);
    const answer = answerIn(group);
    const { table, state } = answer.digests;
    const none = '0'.repeat(16);
    for (const other of [
      { ...answer, opNumber: 3 },
      { ...answer, opNumber: 9 },
      { ...answer, time: answer.time + 1 },
      { ...answer, digests: { table: none, state } },
      { ...answer, digests: { table, state: none } },
    ])
      expect(reasonOf(inject(group, toReplica2(other)))).toBe('question-not-asked');
    expect(reasonOf(inject(group, toReplica2(answer)))).toBeUndefined();
  });

  test('a replica takes no answer to another question or to one that was answered before', () => {
    const group = laggingGroup({ maxChars: 10_000 });
    offerToReplica2(group);
    answerSome(group, 1);
    const answer = answerIn(group);
    const { exchanged } = answer;
    if (exchanged === null) throw new Error('That was an offer.');
    const noPaths = { code: 'not-a-list', field: 'paths', max: 4096 };
    for (const [other, reason] of [
      [{ ...exchanged, part: 'state' as const }, 'question-not-asked'],
      [{ ...exchanged, paths: exchanged.paths.map((path) => `${path}0`) }, 'question-not-asked'],
      [{ ...exchanged, paths: [...exchanged.paths, '7'] }, 'fewer-differences-than-paths'],
      [
        { ...exchanged, paths: [...exchanged.paths, '7'], answer: { ...exchanged.answer, isCut: true } },
        'question-not-asked',
      ],
      [{ ...exchanged, paths: [] }, noPaths],
    ] as const)
      expect(reasonOf(inject(group, toReplica2({ ...answer, exchanged: other })))).toEqual(reason);
    expect(reasonOf(inject(group, toReplica2(answer)))).toBeUndefined();
    expect(reasonOf(inject(group, toReplica2(answer)))).toBe('question-not-asked');
  });
});

describe('an answer to several questions, VRR §5.1', () => {
  test('a replica takes an answer only if it is to all questions asked', () => {
    const group = groupWithMuchInCommon({ maxChars: 1200 });
    offerToReplica2(group);
    nextQuestion(group, ({ questions }) => questions.length > 1);
    group.deliver('GETCHECKPOINT');
    const answer = answerIn(group);
    const { exchanged } = answer;
    if (exchanged === null) throw new Error('That was an offer.');
    for (const index of exchanged.paths.keys()) {
      const other = { ...exchanged, paths: exchanged.paths.with(index, '0000000') };
      expect(reasonOf(inject(group, toReplica2({ ...answer, exchanged: other })))).toBe('question-not-asked');
    }
    expect(reasonOf(inject(group, toReplica2(answer)))).toBeUndefined();
  });
});

describe('a fetched checkpoint that is not the offered one, VRR §5.1', () => {
  test('a replica fetches a part anew if its digest is wrong, and keeps what is right in it', () => {
    const group = laggingGroup({ maxChars: 10_000 });
    offerToReplica2(group);
    answerSome(group, 1);
    const answer = answerIn(group);
    const { exchanged } = answer;
    if (exchanged === null) throw new Error('That was an offer.');
    // A line of it was corrupt on the way.
    let corrupted = 0;
    const differences = exchanged.answer.differences.map((difference) =>
      difference.map(([way, entries]) => {
        const line = { session: 0, requestNumber: 7, results: [7], opNumber: 7 };
        const changed = (entries ?? []).map(([name]) => [name, line] as const);
        return [way, corrupted++ === 0 ? changed : entries] as const;
      }),
    );
    const spoilt = { ...exchanged, answer: { differences, isCut: false } };
    inject(group, toReplica2({ ...answer, exchanged: spoilt }));
    expect(questionIn(group)).toMatchObject({ part: 'table', opNumber: 6, questions: [{ path: '' }] });
    const answers = exchange(group);
    expect(namesIn(answers, 'table').split(' ').length).toBeLessThan(6);
    group.run();
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });
});
