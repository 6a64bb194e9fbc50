import { describe, expect, test } from 'vitest';
import { describeReason } from '../../impl/index.ts';
import { Group } from './group.ts';
import { alter, crashAnyway, setClientView } from './tamper.ts';

/** Replicas 1 and 2 have executed `x`, `y` and `z` in view 1. Replica 0 hears of it now, and has lost what it sent. */
function laggingGroup(pipeline = 1): Group {
  const group = new Group(3, 'durable', 'at once', { maxChars: 1, pipeline });
  group.fire(1, 'suspect');
  group.run({ without: [0] });
  setClientView(group, 'ann', 1);
  for (const key of 'xyz') {
    group.ask('ann', key);
    group.run({ without: [0] });
  }
  return group;
}

/** Replica 0 learns of the view from its primary, and asks that. */
function begin(group: Group): void {
  group.fire(1, 'heartbeat');
  group.deliver('COMMIT', { to: 0 });
  group.lose('COMMIT');
  group.lose('COMMITOK');
}

/** What this replica has asked for gets lost, and it asks the next replica. */
function askNext(group: Group, replica = 0): void {
  group.lose('GETSTATE');
  group.fire(replica, 'resend');
}

function fetchPiece(group: Group): void {
  group.deliver('GETSTATE');
  group.deliver('NEWSTATE');
}

const differ = (opNumber: number, replicaNumber: number, other: number) => ({
  ...{ code: 'pieces-differ', opNumber, replicaNumber, other },
});

describe('pieces of a log that differ, VRR §5.2', () => {
  test('from two replicas raise an alarm that names both, and are fetched anew', () => {
    const group = laggingGroup();
    alter(group, 2, 1);
    begin(group);
    askNext(group);
    fetchPiece(group);
    askNext(group);
    fetchPiece(group);
    expect(group.alarms).toEqual([differ(2, 2, 1)]);
    expect(group.replica(0)).toMatchObject({ status: 'state-transfer', transfer: { from: undefined } });
    askNext(group);
    expect(group.find('GETSTATE')).toMatchObject([{ to: 2, message: { opNumber: 0 } }]);
    askNext(group);
    group.run();
    // The primary finds out which of the two is wrong by an acknowledgement.
    expect(group.alarms.slice(1)).toEqual([{ code: 'logs-differ', opNumber: 3, replicaNumber: 2 }]);
    expect(group.keys(0)).toEqual({ log: 'x y z', executed: 'x y z' });
  });

  test('from the primary that it has shown raise an alarm that names the primary and the sender', () => {
    const group = laggingGroup();
    alter(group, 2, 1);
    begin(group);
    askNext(group);
    for (let piece = 0; piece < 3; piece++) fetchPiece(group);
    expect(group.alarms).toEqual([differ(3, 2, 1)]);
    expect(group.keys(0)).toEqual({ log: '', executed: '' });
    askNext(group);
    group.run();
    expect(group.keys(0)).toEqual({ log: 'x y z', executed: 'x y z' });
  });

  test('from one replica that has changed its log meanwhile raise an alarm that names it alone', () => {
    const group = laggingGroup();
    begin(group);
    fetchPiece(group);
    group.hold('GETSTATE').forEach((packet) => {
      alter(group, 1, 1);
      group.arrive(packet);
    });
    group.deliver('NEWSTATE');
    expect(group.alarms).toEqual([differ(2, 1, 1)]);
  });

  test('are not compared with what the primary has shown beyond the end of a shorter log', () => {
    const group = laggingGroup(2);
    for (const key of 'vw') {
      group.ask(key, key);
      setClientView(group, key, 1);
      group.retry(key);
      group.deliver('REQUEST', { from: key, to: 1 });
    }
    group.lose('REQUEST');
    // Of the two, replica 0 gets the PREPARE of w, and nothing else arrives.
    group.lose('PREPARE', { to: 2 });
    const [first] = group.find('PREPARE', { to: 0 });
    if (first !== undefined) group.drop(first);
    group.deliver('PREPARE', { to: 0 });
    expect(group.replica(0).transfer?.shown).toMatchObject({ after: 4, opNumber: 5 });
    group.lose('COMMITOK');
    askNext(group);
    for (let piece = 0; piece < 3; piece++) fetchPiece(group);
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1 });
    expect(group.keys(0).log).toBe('x y z');
    expect(group.alarms).toEqual([]);
  });

  test('do not end a recovery if the primary has answered with another end', () => {
    const group = new Group(3, 'durable', 'at once', { maxChars: 1 });
    for (const key of 'xy') {
      group.ask('ann', key);
      group.run({ without: [1] });
    }
    alter(group, 2, 1);
    // Replica 1 fetches both entries from replica 2, whose answers arrive twice.
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 1 });
    askNext(group, 1);
    const late = [0, 1].map(() => {
      group.deliver('GETSTATE');
      const answer = group.duplicate('NEWSTATE');
      group.deliver('NEWSTATE');
      return answer;
    });
    group.lose();
    crashAnyway(group, 1, 0);
    group.restart(1);
    for (const from of [0, 2]) {
      group.deliver('RECOVERY', { to: from });
      group.deliver('RECOVERYRESPONSE', { from });
    }
    group.lose('GETSTATE');
    group.arrive(late[0]);
    group.lose('GETSTATE');
    group.arrive(late[1]);
    expect(group.alarms).toEqual([differ(2, 2, 0)]);
    expect(group.replica(1)).toMatchObject({ status: 'recovering', transfer: { from: undefined } });
    group.lose();
    group.fire(1, 'resend');
    group.run();
    expect(group.keys(1).log).toBe('x y');
  });

  test('are told with both replicas, and with what to compare', () => {
    const text = describeReason({ code: 'pieces-differ', opNumber: 2, replicaNumber: 2, other: 1 });
    expect(text).toMatch(/^replicas 2 and 1 have sent parts that differ .* at entry 2 or before/);
    expect(text).toContain('does not know which');
    expect(text).toContain('keep the directories of both');
    const ofOne = describeReason({ code: 'pieces-differ', opNumber: 2, replicaNumber: 1, other: 1 });
    expect(ofOne).toMatch(/^replica 1 has sent parts that differ /);
  });
});
