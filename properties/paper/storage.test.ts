import { describe, expect, test } from 'vitest';
import { Group, reasonOf } from './group.ts';
import { setClientView, waysToCrash } from './tamper.ts';

/** A durable group whose writes become durable only when the test says so. */
function slowDisks(size = 3): Group {
  return new Group(size, 'durable', 'by hand');
}

/** Replica 1 has the votes of two for view 1, and has not yet written that it leads it. */
function electReplica1(group: Group): void {
  group.fire(1, 'suspect');
  group.sync(1);
  group.deliver('STARTVIEWCHANGE', { to: 2 });
  group.sync(2);
  group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
  group.deliver('DOVIEWCHANGE', { from: 2 });
}

/** Replica 0 holds `old` on its disk, and is about to write the empty log of view 1 in its place. */
function groupThatReplacesALog(): Group {
  const group = slowDisks();
  group.ask('old', 'old');
  group.run({ without: [1, 2] });
  group.sync(0);
  group.lose();
  electReplica1(group);
  group.sync(1);
  group.deliver('STARTVIEW', { to: 0 });
  expect(group.keys(0).log).toBe('');
  return group;
}

describe('messages that wait for stable storage', () => {
  test('a backup acknowledges an entry once its disk holds it', () => {
    const group = slowDisks();
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    expect(group.find('PREPAREOK')).toEqual([]);
    group.sync(1);
    expect(group.find('PREPAREOK')).toMatchObject([{ from: 1, message: { opNumber: 1 } }]);
  });

  test('a primary sends PREPARE at once, so that its backups write while it writes', () => {
    const group = slowDisks();
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    expect(group.find('PREPARE')).toHaveLength(2);
  });

  test('a primary counts itself only when its own disk holds the entry', () => {
    const group = slowDisks();
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.sync(1);
    group.deliver('PREPAREOK');
    expect(group.keys(0).executed).toBe('');
    group.sync(0);
    expect(group.keys(0).executed).toBe('x');
  });

  test('enough backups commit an entry while the disk of the primary is slow', () => {
    const group = slowDisks();
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    for (const backup of [1, 2]) {
      group.deliver('PREPARE', { to: backup });
      group.sync(backup);
      group.deliver('PREPAREOK', { from: backup });
    }
    group.run();
    expect(group.answers).toEqual([1]);
  });

  test('a replica sends STARTVIEWCHANGE only when its view is durable, in both storage modes', () => {
    for (const mode of ['durable', 'diskless'] as const) {
      const group = new Group(3, mode, 'by hand');
      group.fire(1, 'suspect');
      expect(group.find('STARTVIEWCHANGE')).toEqual([]);
      group.sync(1);
      expect(group.find('STARTVIEWCHANGE')).toHaveLength(2);
    }
  });

  test('a new primary announces its view once the view and its log are durable together', () => {
    const group = slowDisks();
    electReplica1(group);
    expect(group.replica(1).status).toBe('normal');
    expect(group.find('STARTVIEW')).toEqual([]);
    group.sync(1);
    expect(group.find('STARTVIEW')).toHaveLength(2);
    expect(group.disk(1).image).toMatchObject({ viewNumber: 1, lastNormalView: 1 });
  });

  test('an acknowledgement that waited for the disk is withdrawn when its view is over', () => {
    const group = slowDisks();
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 2 });
    group.fire(2, 'suspect');
    group.sync(2);
    expect(group.find('PREPAREOK')).toEqual([]);
    expect(group.find('STARTVIEWCHANGE', { from: 2 })).toHaveLength(2);
  });
});

describe('a restart with a disk', () => {
  test('a backup that restarts goes on in its view with all that it had acknowledged', () => {
    const group = new Group(3, 'durable');
    group.ask('ann', 'x');
    group.run();
    group.crash(1);
    group.restart(1);
    expect(group.replica(1)).toMatchObject({ status: 'normal', viewNumber: 0 });
    expect(group.keys(1).log).toBe('x');
    expect(group.find('PREPAREOK', { from: 1 })).toMatchObject([{ message: { opNumber: 1 } }]);
  });

  test('a primary that restarts calls for the next view, because its disk may lack entries that it sent', () => {
    const group = slowDisks();
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.sync(1);
    group.crash(0);
    group.restart(0);
    group.lose();
    expect(group.replica(0)).toMatchObject({ status: 'view-change', viewNumber: 1 });
    expect(group.keys(0).log).toBe('');
    group.sync(0);
    group.run({ without: [2] });
    for (const number of [1, 0, 1]) {
      group.sync(number);
      group.run({ without: [2] });
    }
    expect(group.keys(1).log).toBe('x');
    expect(group.keys(0).log).toBe('x');
  });

  test('a replica that crashed in a view change comes back inside it', () => {
    const group = new Group(3, 'durable');
    group.fire(1, 'suspect');
    group.crash(1);
    group.lose();
    group.restart(1);
    expect(group.replica(1)).toMatchObject({ status: 'view-change', viewNumber: 1, lastNormalView: 0 });
    group.run();
    expect([0, 1, 2].map((number) => group.replica(number).viewNumber)).toEqual([1, 1, 1]);
    expect([0, 1, 2].map((number) => group.replica(number).status)).toEqual(['normal', 'normal', 'normal']);
  });

  test('a replica that restarts drops the STARTVIEW of a view in which it has acknowledged more since', () => {
    const group = new Group(3, 'durable');
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    group.deliver('DOVIEWCHANGE', { from: 2 });
    const startView = group.duplicate('STARTVIEW', { to: 2 });
    group.run();
    setClientView(group, 'ann', 1);
    group.ask('ann', 'x');
    group.run();
    group.crash(2);
    group.restart(2);
    expect(reasonOf(group.arrive(startView))).toBe('view-already-started');
    expect(group.keys(2).log).toBe('x');
  });

  test('a durable group that loses power keeps every answered request', () => {
    const group = new Group(3, 'durable');
    group.ask('ann', { type: 'set', key: 'x', value: 'kept' });
    group.run();
    for (const number of [0, 1, 2]) group.crash(number);
    for (const number of [0, 1, 2]) group.restart(number);
    group.run();
    group.ask('bob', { type: 'get', key: 'x' });
    group.retry('bob');
    group.run();
    expect(group.answers).toEqual(['kept', 'kept']);
    expect(group.alarms).toEqual([]);
  });
});

describe('a write that a crash interrupted', () => {
  test('an interrupted write is ignored as a whole', () => {
    for (const crash of waysToCrash) {
      const group = slowDisks();
      group.ask('ann', 'x');
      group.deliver('REQUEST');
      group.deliver('PREPARE', { to: 1 });
      const records = group.disk(1).unsynced.map(({ type }) => type);
      expect(records).toEqual(['entries', 'viewRecord', 'end']);
      crash(group, 1, 2);
      group.restart(1);
      expect(group.keys(1).log).toBe('');
    }
  });

  test('a write that survived whole counts, even if it was not reported as durable', () => {
    for (const crash of waysToCrash) {
      const group = slowDisks();
      group.ask('ann', 'x');
      group.deliver('REQUEST');
      group.deliver('PREPARE', { to: 1 });
      crash(group, 1, 3);
      group.restart(1);
      expect(group.keys(1).log).toBe('x');
    }
  });

  test('an interrupted write leaves no new log without its view and no new view without its log', () => {
    for (const crash of waysToCrash) {
      for (const survivors of [0, 1, 2]) {
        const group = groupThatReplacesALog();
        crash(group, 0, survivors);
        group.restart(0);
        expect(group.keys(0).log).toBe('old');
        expect(group.replica(0).lastNormalView).toBe(0);
      }
      const group = groupThatReplacesALog();
      crash(group, 0, 3);
      group.restart(0);
      expect(group.keys(0).log).toBe('');
      expect(group.replica(0)).toMatchObject({ status: 'normal', lastNormalView: 1 });
    }
  });
});
