import { describe, expect, test } from 'vitest';
import { describeReason } from '../../impl/index.ts';
import { Group } from './group.ts';
import { alter, setClientView } from './tamper.ts';

/** Replicas 1 and 2 have executed `x`, `y` and `z` in view 1. Replica 0 hears of it now, and has lost what it sent. */
function laggingGroup(): Group {
  const group = new Group(3, 'durable', 'at once', { maxChars: 1 });
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

/** What replica 0 has asked for gets lost, and it asks the next replica. */
function askNext(group: Group): void {
  group.lose('GETSTATE');
  group.fire(0, 'resend');
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

  test('are told with both replicas, and with what to compare', () => {
    const text = describeReason({ code: 'pieces-differ', opNumber: 2, replicaNumber: 2, other: 1 });
    expect(text).toMatch(/^replicas 2 and 1 have sent parts that differ .* at entry 2 or before/);
    expect(text).toContain('does not know which');
    expect(text).toContain('keep the directories of both');
    const ofOne = describeReason({ code: 'pieces-differ', opNumber: 2, replicaNumber: 1, other: 1 });
    expect(ofOne).toMatch(/^replica 1 has sent parts that differ /);
  });
});
