import { describe, expect, test } from 'vitest';
import { Log, LogSuffix } from '../../impl/index.ts';
import { isAltered } from '../../models/world/alteration.ts';
import { Group } from './group.ts';
import { alter, inject } from './tamper.ts';

describe('votes for one view whose logs differ, VRR §4.2', () => {
  test('start no view, whichever of the two comes first', () => {
    const group = new Group(3, 'durable', 'by hand');
    const sync = (replica: number) => {
      for (let write = 0; write < 6; write++) group.sync(replica);
    };
    group.ask('a', 'a');
    group.deliver('REQUEST');
    group.sync(0);
    group.deliver('PREPARE', { to: 1 });
    group.sync(1);
    group.deliver('PREPAREOK');
    expect(group.find('REPLY')).toHaveLength(1);
    group.lose();
    alter(group, 1, 1);
    for (const replica of [0, 1]) {
      while (group.replica(replica).viewNumber < 1) group.fire(replica, 'suspect');
      sync(replica);
    }
    group.lose();
    for (const replica of [0, 1]) {
      group.fire(replica, 'suspect');
      sync(replica);
    }
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 1 });
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 0 });
    // The vote of replica 2 itself waits for its write.
    group.deliver('STARTVIEWCHANGE', { from: 1, to: 2 });
    group.deliver('DOVIEWCHANGE', { from: 1, to: 2 });
    group.deliver('DOVIEWCHANGE', { from: 0, to: 2 });
    sync(2);
    expect(group.alarms).toEqual([{ code: 'votes-differ', opNumber: 1, replicaNumber: 1, other: 0 }]);
    expect(group.replica(2)).toMatchObject({ status: 'view-change', commitNumber: 0 });
    expect(group.replica(2).doViewChanges.map(({ replicaNumber }) => replicaNumber)).toEqual([2]);
  });
});

describe('a late piece of a log, VRR §5.2', () => {
  test('lets no entry behind it be executed that was altered since', () => {
    const group = new Group(3, 'durable', 'at once', { maxChars: 1, pipeline: 100 });
    for (const key of 'ab') {
      group.ask(key, key);
      group.run();
    }
    for (const key of 'cde') {
      group.ask(key, key);
      group.deliver('REQUEST');
    }
    group.lose('PREPARE', { to: 1 });
    group.run();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 1 });
    group.lose('COMMIT');
    group.deliver('GETSTATE', { from: 1 });
    const late = group.duplicate('NEWSTATE', { to: 1 });
    group.run();
    alter(group, 1, 5);
    group.lose();
    for (const key of 'fg') {
      group.ask(key, key);
      group.deliver('REQUEST');
    }
    const [first] = group.find('PREPARE', { to: 1 });
    if (first !== undefined) group.drop(first);
    group.deliver('PREPARE', { to: 1 });
    const executed = group.replica(1).commitNumber;
    group.arrive(late);
    expect(executed).toBeLessThan(5);
    expect(group.replica(1).commitNumber).toBe(executed);
    expect(isAltered(group.replica(1).log, 5)).toBe(true);
    group.run();
    expect(group.alarms.length).toBeGreaterThan(0);
  });
});

describe('an alarm about a log that differs, VRR §4', () => {
  test('takes back what the replica acknowledged before', () => {
    const group = new Group(5, 'durable', 'at once');
    group.ask('a', 'a');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    const [toSecond] = group.hold('PREPARE', { to: 2 });
    group.lose();
    alter(group, 1, 1);
    group.deliver('PREPAREOK', { from: 1 });
    expect(group.alarms).toEqual([{ code: 'logs-differ', opNumber: 1, replicaNumber: 1 }]);
    group.arrive(toSecond);
    group.deliver('PREPAREOK', { from: 2 });
    expect(group.replica(0)).toMatchObject({ commitNumber: 0, acknowledged: [1, 0, 1, 0, 0] });
  });

  test('is raised once about empty logs with wrong checksums, which only a faulty replica sends', () => {
    const group = new Group(3, 'durable', 'at once');
    const suffix = new LogSuffix(0, Log.empty, 'f'.repeat(16));
    const message = { type: 'COMMIT', viewNumber: 0, commitNumber: 0, suffix, agreed: null } as const;
    for (let times = 0; times < 3; times++) inject(group, { from: 0, to: 1, message });
    expect(group.alarms).toHaveLength(1);
  });

  test('is raised again after the replica agreed with all of the log', () => {
    const group = new Group(5, 'durable', 'at once', { pipeline: 8 });
    const enter = (view: number, replicas: readonly number[]) => {
      for (const replica of replicas)
        while (group.replica(replica).viewNumber < view) group.fire(replica, 'suspect');
    };
    group.ask('a', 'a');
    group.run();
    for (const key of 'bc') {
      group.ask(key, key);
      group.deliver('REQUEST');
    }
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPARE', { to: 1 });
    group.lose();
    alter(group, 1, 3);
    group.deliver('PREPAREOK', { from: 1 });
    group.lose();
    expect(group.replica(0).differing).toEqual([0, 3, 0, 0, 0]);
    // A view starts without the entry that differed.
    enter(2, [2, 3, 4]);
    group.run({ without: [0, 1] });
    group.loseStorage(1);
    group.restart(1);
    group.fire(2, 'heartbeat');
    for (let times = 0; times < 3; times++) {
      group.run();
      if (group.armed(1).includes('resend')) group.fire(1, 'resend');
    }
    enter(5, [0, 1, 2, 3, 4]);
    group.run();
    group.ask('z', 'z');
    for (const request of group.find('REQUEST')) group.arrive(request);
    for (const request of group.find('REQUEST', { to: 0 })) group.arrive(request);
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    group.lose();
    expect(group.replica(0).differing).toEqual([0, 0, 0, 0, 0]);
    const { length } = group.alarms;
    alter(group, 1, 2);
    group.deliver('PREPAREOK', { from: 1 });
    expect(group.alarms.slice(length)).toEqual([{ code: 'logs-differ', opNumber: 2, replicaNumber: 1 }]);
  });
});
