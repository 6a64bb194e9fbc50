import { describe, expect, test } from 'vitest';
import type { GetCheckpoint } from '../../impl/index.ts';
import {
  answerSome,
  checkpointing,
  exchange,
  extent,
  fill,
  groupWithMuchInCommon,
  laggingGroup,
  namesIn,
  nextQuestion,
  offerToReplica2,
  outcome,
  questionIn,
} from './checkpointing.ts';
import type { Group } from './group.ts';

describe('fetching only the differences of a checkpoint, VRR §5.1', () => {
  test('only lines and keys that differ are sent', () => {
    const group = checkpointing();
    fill(group, 'abcd');
    fill(group, 'befghi', { without: [2] });
    expect(outcome(group, 2).commitNumber).toBe(3);
    offerToReplica2(group);
    const answers = exchange(group);
    expect(namesIn(answers, 'table')).toBe('b/0 d/0 e/0 f/0 g/0 h/0');
    expect(namesIn(answers, 'state')).toBe('d e f g h');
    group.run();
    group.fire(0, 'heartbeat');
    group.run();
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a part that is equal as a whole is not sent', () => {
    const group = checkpointing();
    fill(group, 'abc');
    group.fire(0, 'heartbeat');
    group.run();
    fill(group, 'cababcab', { without: [2] });
    offerToReplica2(group);
    const answers = exchange(group);
    expect([namesIn(answers, 'table'), namesIn(answers, 'state')]).toEqual(['a/0 b/0 c/0', '']);
    expect(extent(group, 2).checkpoints).toEqual([9]);
    expect(outcome(group, 2).state).toEqual(outcome(group, 0).state);
  });

  test('a key that the checkpoint lacks is removed', () => {
    const group = checkpointing();
    fill(group, 'abc');
    group.fire(0, 'heartbeat');
    group.run();
    group.ask('ann', { type: 'delete', key: 'a' });
    group.run({ without: [2] });
    fill(group, 'defghij', { without: [2] });
    offerToReplica2(group);
    exchange(group);
    group.run();
    expect(outcome(group, 2).state.map(([key]) => key)).not.toContain('a');
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a checkpoint is sent in as few messages as maxChars allows', () => {
    const answers = [1, 1000, 300_000].map((maxChars) => {
      const group = laggingGroup({ maxChars });
      offerToReplica2(group);
      return exchange(group).length;
    });
    // The offer, and one answer for each part.
    expect(answers.slice(1)).toEqual([3, 3]);
    expect(answers[0]).toBeGreaterThanOrEqual(13);
  });

  test('a replica asks as many questions at once as maxChars allows', () => {
    const most = [1, 799, 800, 1200].map((maxChars) => {
      const group = groupWithMuchInCommon({ maxChars });
      offerToReplica2(group);
      let questions = 0;
      while (group.find('CHECKPOINT').length > 0) {
        group.deliver('CHECKPOINT');
        if (group.find('GETCHECKPOINT').length === 0) break;
        questions = Math.max(questions, questionIn(group).questions.length);
        group.deliver('GETCHECKPOINT');
      }
      return questions;
    });
    expect(most).toEqual([1, 1, 2, 3]);
  });
});

describe('a checkpoint whose answers are lost, VRR §5.1', () => {
  test('a replica asks another replica after a lost answer, and keeps what it has', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    answerSome(group, 9);
    const before = namesIn(group.find('CHECKPOINT'), 'table');
    group.lose();
    group.fire(2, 'resend');
    expect(group.find('GETSTATE')).toMatchObject([{ to: 1, message: { opNumber: 0 } }]);
    group.deliver('GETSTATE');
    const answers = exchange(group);
    expect(answers.map(({ from }) => from)).not.toContain(0);
    const names = namesIn(answers, 'table').split(' ');
    expect(names).toContain(before);
    expect(names.length).toBeLessThan(5);
    group.run();
    group.fire(0, 'heartbeat');
    group.run();
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });

  test('a replica asks the unanswered question again after a new offer', () => {
    const group = groupWithMuchInCommon();
    offerToReplica2(group);
    const { part, questions } = nextQuestion(group, ({ questions: [first] }) => first?.path !== '');
    for (const _ of [1, 2]) {
      group.lose();
      expect(questionAfterResend(group)).toMatchObject({ part, questions });
    }
  });

  test('a replica repeats questions about a checkpoint at growing intervals', () => {
    const group = laggingGroup();
    offerToReplica2(group);
    group.deliver('CHECKPOINT');
    expect(group.delay(2, 'resend')).toBe(2);
    group.lose();
    group.fire(2, 'resend');
    expect(group.delay(2, 'resend')).toBe(4);
  });

  function questionAfterResend(group: Group): GetCheckpoint {
    group.fire(2, 'resend');
    group.deliver('GETSTATE');
    group.deliver('CHECKPOINT');
    return questionIn(group);
  }
});

describe('a checkpoint that is gone before all of it was fetched, VRR §5.1', () => {
  /** Replica 2 has half of the checkpoint of six entries, and asks replica 0, which has gone on. */
  function overtaken(more: string): Group {
    const group = laggingGroup();
    offerToReplica2(group);
    answerSome(group, 3);
    group.deliver('CHECKPOINT');
    const [question] = group.hold('GETCHECKPOINT');
    fill(group, more, { without: [2] });
    group.lose();
    if (question !== undefined) group.release(question);
    return group;
  }

  test('a replica still answers about a checkpoint after it has taken the next', () => {
    const group = overtaken('i');
    expect(extent(group, 0).checkpoints).toEqual([6, 9]);
    group.deliver('GETCHECKPOINT');
    expect(group.find('CHECKPOINT')).toMatchObject([
      { message: { opNumber: 6, exchanged: { part: 'table' } } },
    ]);
  });

  test('a question about a dropped checkpoint is answered with an offer of the latest', () => {
    const group = overtaken('ijkl');
    group.deliver('GETCHECKPOINT');
    const latest = group.replica(0).checkpoints.at(-1);
    const digests = { table: latest?.table.digest, state: latest?.state.digest };
    expect(group.find('CHECKPOINT')).toMatchObject([
      { from: 0, to: 2, message: { viewNumber: 0, opNumber: 12, digests, exchanged: null } },
    ]);
  });

  test('a replica that fetched part of a dropped checkpoint fetches only the rest of the next', () => {
    const group = overtaken('ijkl');
    const here = group.replica(2).checkpointTransfer?.table.size ?? 0;
    expect(here).toBeGreaterThan(1);
    group.deliver('GETCHECKPOINT');
    const answers = exchange(group);
    expect(namesIn(answers, 'table').split(' ')).toHaveLength(12 - here);
    group.run();
    expect(extent(group, 2).checkpoints).toEqual([12]);
    expect(outcome(group, 2)).toEqual(outcome(group, 0));
  });
});
