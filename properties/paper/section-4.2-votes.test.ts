import { describe, expect, test } from 'vitest';
import { Group, reasonOf } from './group.ts';
import { fireLate, inject } from './tamper.ts';

describe('STARTVIEWCHANGE, VRR §4.2', () => {
  test('two STARTVIEWCHANGEs of one replica count once, and lead to one vote', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    const call = group.duplicate('STARTVIEWCHANGE', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    expect(group.find('DOVIEWCHANGE')).toHaveLength(1);
    expect(reasonOf(group.arrive(call))).toBe('already-called');
    expect(group.find('DOVIEWCHANGE')).toHaveLength(1);
  });

  test('a replica repeats its STARTVIEWCHANGE, and its DOVIEWCHANGE only if it has voted', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    group.lose();
    group.fire(2, 'resend');
    expect(group.inFlight.map(({ to, message }) => [to, message.type])).toEqual([
      [0, 'STARTVIEWCHANGE'],
      [1, 'STARTVIEWCHANGE'],
    ]);
    group.deliver('STARTVIEWCHANGE', { to: 0 });
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 2 });
    group.lose();
    group.fire(2, 'resend');
    expect(group.inFlight.map(({ to, message }) => [to, message.type])).toEqual([
      [0, 'STARTVIEWCHANGE'],
      [1, 'STARTVIEWCHANGE'],
      [1, 'DOVIEWCHANGE'],
    ]);
  });
});

describe('the intervals between repetitions', () => {
  const delaysOf = (group: Group): readonly unknown[] =>
    [1, 2, 3, 4, 5, 6].map(() => {
      group.lose();
      group.fire(2, 'resend');
      return group.delay(2, 'resend');
    });

  test('a replica repeats STARTVIEWCHANGE at growing intervals, up to a limit', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    expect(delaysOf(group)).toEqual([4, 8, 16, 32, 64, 64]);
  });

  test('a recovering replica repeats RECOVERY at growing intervals, up to a limit', () => {
    const group = new Group(3);
    group.crash(2);
    group.restart(2);
    expect(delaysOf(group)).toEqual([4, 8, 16, 32, 64, 64]);
  });
});

describe('DOVIEWCHANGE, VRR §4.2', () => {
  test('the new primary does not start the view on the votes of others alone', () => {
    const group = new Group(3);
    group.fire(2, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 0 });
    group.deliver('STARTVIEWCHANGE', { from: 0, to: 2 });
    group.deliver('DOVIEWCHANGE', { from: 0 });
    group.deliver('DOVIEWCHANGE', { from: 2 });
    expect(group.replica(1).status).toBe('view-change');
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    expect(group.replica(1).status).toBe('normal');
  });

  test('the new primary takes the largest commit-number of the votes', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.fire(0, 'heartbeat');
    group.deliver('COMMIT', { to: 2 });
    group.crash(0);
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 2 });
    group.deliver('STARTVIEWCHANGE', { from: 2, to: 1 });
    expect(group.keys(1).executed).toBe('');
    group.deliver('DOVIEWCHANGE', { from: 2 });
    expect(group.keys(1).executed).toBe('x');
    expect(group.find('STARTVIEW', { to: 2 })).toMatchObject([{ message: { commitNumber: 1 } }]);
  });

  test('a replica rejects a STARTVIEW that lacks entries which it has executed', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.fire(0, 'heartbeat');
    group.run();
    const suffix = group.replica(2).log.prefix(0).suffix(0);
    const message = { type: 'STARTVIEW', viewNumber: 1, suffix, opNumber: 0, commitNumber: 0 } as const;
    expect(inject(group, { from: 1, to: 2, message })).toEqual([
      { type: 'rejected', reason: 'log-lacks-executed-entries' },
    ]);
    expect(group.replica(2).viewNumber).toBe(0);
  });
});

describe('a recovering replica, VRR §4.3', () => {
  test('a recovering replica starts no view change, even if its suspect timer fires late', () => {
    const group = new Group(3);
    group.crash(2);
    group.restart(2);
    group.lose();
    expect(reasonOf(fireLate(group, 2, 'suspect'))).toBe('recovering');
    expect(group.replica(2)).toMatchObject({ status: 'recovering', viewNumber: 0 });
    expect(group.inFlight).toEqual([]);
  });
});
