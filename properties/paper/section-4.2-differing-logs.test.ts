import { describe, expect, test } from 'vitest';
import type { ConfigurationOptions } from '../../impl/index.ts';
import { Group, reasonOf } from './group.ts';
import { alter } from './tamper.ts';

/** All replicas hold `a`, `b` and `c`. Replica 1 has restarted, and its storage gave back another entry 1. */
function withAltered(limits: ConfigurationOptions = {}): Group {
  const group = new Group(3, 'durable', 'at once', limits);
  for (const key of 'abc') {
    group.ask(key, key);
    group.run();
  }
  alter(group, 1, 1);
  return group;
}

const differs = (opNumber: number, replicaNumber: number) => ({
  ...{ code: 'logs-differ', opNumber, replicaNumber },
});

describe('a replica whose log was altered, VRR §4', () => {
  test('takes nothing from a PREPARE, raises one alarm as its primary does, and the others go on', () => {
    const group = withAltered();
    for (const key of 'de') {
      group.ask(key, key);
      group.run();
    }
    expect(group.alarms).toEqual([differs(3, 1), differs(4, 0)]);
    expect(group.keys(1).log).toBe('a b c');
    expect(group.keys(0)).toEqual({ log: 'a b c d e', executed: 'a b c d e' });
    expect(group.answers).toHaveLength(5);
  });

  test('still hears its primary, and does not call for another view', () => {
    const group = withAltered();
    group.ask('d', 'd');
    group.deliver('REQUEST');
    expect(group.deliver('PREPARE', { to: 1 })).toContainEqual({ type: 'timer', timer: 'suspect', delay: 6 });
  });

  test('is not counted among those that hold an entry', () => {
    const group = new Group(3, 'durable', 'at once', { pipeline: 8 });
    group.ask('a', 'a');
    group.run();
    group.ask('b', 'b');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.lose();
    alter(group, 1, 2);
    group.run({ without: [2] });
    expect(group.alarms).toEqual([differs(2, 1)]);
    expect(group.keys(0)).toEqual({ log: 'a b', executed: 'a' });
    group.run();
    group.fire(0, 'resend');
    group.run();
    expect(group.keys(0).executed).toBe('a b');
    expect(group.alarms).toEqual([differs(2, 1), differs(2, 0)]);
  });

  test('executes nothing that a COMMIT of another log covers', () => {
    const group = new Group(3, 'durable', 'at once', { pipeline: 8 });
    group.ask('a', 'a');
    group.run();
    group.ask('b', 'b');
    group.deliver('REQUEST');
    group.deliver('PREPARE');
    group.run({ without: [1] });
    group.lose();
    alter(group, 1, 2);
    group.lose();
    expect(group.keys(0).executed).toBe('a b');
    group.fire(0, 'heartbeat');
    const outputs = group.deliver('COMMIT', { to: 1 });
    expect(outputs).toContainEqual({ type: 'timer', timer: 'suspect', delay: 6 });
    expect(group.keys(1).executed).toBe('');
    expect(group.alarms).toEqual([differs(2, 0)]);
  });

  test('causes one alarm, until it agrees where it differed', () => {
    const group = withAltered({ pipeline: 8 });
    group.ask('d', 'd');
    group.deliver('REQUEST');
    const [prepare] = group.hold('PREPARE', { to: 1 });
    group.run();
    const alarms = group.alarms.length;
    group.fire(0, 'heartbeat');
    group.run();
    group.arrive(prepare);
    expect(group.alarms).toHaveLength(alarms + 1);
    group.ask('e', 'e');
    group.run();
    expect(group.alarms).toHaveLength(alarms + 1);
  });

  test('causes no second alarm after an earlier message that agrees', () => {
    const group = new Group(3, 'durable', 'at once', { pipeline: 8 });
    group.ask('a', 'a');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    const [earlier] = group.hold('PREPAREOK', { from: 1 });
    group.ask('b', 'b');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.lose();
    alter(group, 1, 2);
    const again = group.duplicate('PREPAREOK', { from: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    group.arrive(earlier);
    expect(group.keys(0).executed).toBe('a');
    expect(reasonOf(group.arrive(again))).toEqual({ code: 'log-differs', opNumber: 2 });
    expect(group.alarms).toEqual([differs(2, 1)]);
  });

  test('has no vote for a primary that holds the right entries', () => {
    const group = withAltered();
    group.fire(0, 'suspect');
    group.lose('STARTVIEWCHANGE');
    group.fire(2, 'suspect');
    group.fire(2, 'suspect');
    group.run({ without: [0] });
    expect(group.alarms).toEqual([differs(3, 1)]);
    expect(group.replica(2)).toMatchObject({ viewNumber: 2, status: 'view-change' });
  });

  test('does not become the primary with votes that differ from its log', () => {
    const group = withAltered();
    group.fire(2, 'suspect');
    group.run();
    expect(new Set(group.alarms.map((alarm) => alarm.code))).toEqual(new Set(['logs-differ']));
    expect(group.replica(1)).toMatchObject({ viewNumber: 1, status: 'view-change' });
    group.fire(2, 'suspect');
    group.run();
    expect([0, 2].map((number) => group.replica(number).status)).toEqual(['normal', 'normal']);
  });

  test('takes nothing from a NEWSTATE', () => {
    const group = withAltered({ pipeline: 8 });
    for (const key of 'de') {
      group.ask(key, key);
      group.deliver('REQUEST');
    }
    const [first] = group.find('PREPARE', { to: 1 });
    if (first !== undefined) group.drop(first);
    group.run();
    expect(group.keys(1).log).toBe('a b c');
    expect(group.alarms).toEqual([differs(3, 1), differs(5, 0)]);
    group.fire(1, 'resend');
    group.deliver('GETSTATE', { from: 1, to: 2 });
    group.deliver('NEWSTATE');
    expect(group.alarms).toEqual([differs(3, 1), differs(5, 0), differs(5, 2)]);
  });

  test('takes up no later view whose log it would have to continue', () => {
    const group = withAltered({ maxChars: 1 });
    group.crash(1);
    group.ask('d', 'd');
    group.run();
    group.fire(2, 'suspect');
    group.fire(2, 'suspect');
    group.run();
    expect(group.replica(2)).toMatchObject({ status: 'normal', viewNumber: 2 });
    group.restart(1);
    group.ask('e', 'e');
    group.run();
    expect(group.replica(1).status).not.toBe('normal');
    expect(group.keys(1).log).toBe('a b c');
    expect(group.alarms.length).toBeGreaterThan(0);
  });

  test('does not let a view start without a quorum once its vote was taken out again', () => {
    const group = new Group(3, 'durable', 'at once', { maxChars: 1, pipeline: 8 });
    group.ask('a', 'a');
    group.run();
    for (const key of 'bcd') {
      group.ask(key, key);
      group.deliver('REQUEST');
    }
    group.lose('PREPARE', { to: 1 });
    group.run();
    expect(group.answers).toHaveLength(4);
    group.ask('e', 'e');
    group.deliver('REQUEST');
    group.lose();
    alter(group, 2, 2);
    group.lose();
    for (const number of [0, 0, 1, 2])
      if (group.replica(number).viewNumber === 0) group.fire(number, 'suspect');
    group.lose();
    group.fire(0, 'resend');
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 1 });
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 2 });
    group.fire(1, 'resend');
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 0 });
    group.lose('STARTVIEWCHANGE');
    const [ofTwo] = group.hold('DOVIEWCHANGE', { from: 2 });
    group.deliver('DOVIEWCHANGE', { from: 0 });
    for (let piece = 0; piece < 2; piece++) {
      group.deliver('GETSTATE');
      group.deliver('NEWSTATE');
    }
    group.deliver('GETSTATE');
    const [late] = group.hold('NEWSTATE');
    group.arrive(ofTwo);
    group.lose('GETSTATE');
    expect(group.replica(1).doViewChanges).toHaveLength(3);
    // The vote of replica 0 is set aside, and that of replica 2 is then the best, and differs.
    group.fire(1, 'resend');
    expect(group.alarms).toEqual([{ code: 'pieces-differ', opNumber: 4, replicaNumber: 0, other: 2 }]);
    expect(group.replica(1).doViewChanges).toHaveLength(1);
    group.lose();
    group.arrive(late);
    expect(group.replica(1).status).toBe('view-change');
  });
});
