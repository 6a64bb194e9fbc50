import { describe, expect, test } from 'vitest';
import { Group, reasonOf } from './group.ts';
import { fireLate, inject } from './tamper.ts';

describe('normal operation, VRR §4.1', () => {
  test('a request is prepared, acknowledged by f backups, executed, and answered', () => {
    const group = new Group(3);
    group.ask('ann', { type: 'set', key: 'x', value: 7 });

    group.deliver('REQUEST', { to: 0 });
    expect(group.keys(0)).toEqual({ log: 'x', executed: '' });
    expect(group.find('PREPARE').map(({ to }) => to)).toEqual([1, 2]);

    group.deliver('PREPARE', { to: 1 });
    expect(group.keys(1)).toEqual({ log: 'x', executed: '' });

    group.deliver('PREPAREOK', { from: 1 });
    expect(group.keys(0)).toEqual({ log: 'x', executed: 'x' });

    group.deliver('REPLY', { to: 'ann' });
    expect(group.answers).toEqual([7]);
  });

  test('the primary executes a request only when f backups hold it', () => {
    const group = new Group(5);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    expect(group.keys(0).executed).toBe('');
    group.deliver('PREPARE', { to: 2 });
    group.deliver('PREPAREOK', { from: 2 });
    expect(group.keys(0).executed).toBe('x');
  });

  test('a primary counts two acknowledgements of one backup once', () => {
    const group = new Group(5);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    const acknowledgement = group.duplicate('PREPAREOK');
    group.deliver('PREPAREOK');
    expect(reasonOf(group.arrive(acknowledgement))).toBe('already-acknowledged');
    expect(group.keys(0).executed).toBe('');
  });

  test('an acknowledgement covers all earlier entries, and the primary executes them in order', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.ask('bob', 'y');
    group.deliver('REQUEST');
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPARE', { to: 1 });
    const [, second] = group.hold('PREPAREOK');
    const executed = group.arrive(second).filter(({ type }) => type === 'executed');
    expect(executed).toMatchObject([{ opNumber: 1 }, { opNumber: 2 }]);
  });

  test('a backup takes PREPAREs in order: it acknowledges none whose predecessors it lacks', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.ask('bob', 'y');
    group.deliver('REQUEST');
    group.deliver('REQUEST');
    const [first, second] = group.hold('PREPARE', { to: 1 });
    group.deliver('PREPARE', { to: 2 });
    expect(group.find('PREPAREOK')).toHaveLength(1);

    group.arrive(second);
    expect(group.find('PREPAREOK', { from: 1 })).toEqual([]);
    expect(group.find('GETSTATE', { from: 1 })).toHaveLength(1);

    group.arrive(first);
    expect(group.find('PREPAREOK', { from: 1 })).toMatchObject([{ message: { opNumber: 1 } }]);
  });

  test('a backup learns the commit-number from the next PREPARE', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    expect(group.keys(1)).toEqual({ log: 'x', executed: '' });
    group.ask('ann', 'y');
    group.run();
    expect(group.keys(1)).toEqual({ log: 'x y', executed: 'x' });
  });

  test('a backup learns the commit-number from a COMMIT when the primary is idle', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    group.fire(0, 'heartbeat');
    group.run();
    expect([group.keys(1).executed, group.keys(2).executed]).toEqual(['x', 'x']);
    expect(group.delay(0, 'heartbeat')).toBe(1);
  });

  test('a primary that was deposed just when its heartbeat was due sends no COMMIT', () => {
    const group = new Group(3);
    group.fire(1, 'suspect');
    group.deliver('STARTVIEWCHANGE', { to: 0 });
    expect(reasonOf(fireLate(group, 0, 'heartbeat'))).toBe('not-the-primary');
    group.run();
    expect(group.replica(0)).toMatchObject({ status: 'normal', viewNumber: 1 });
    expect(reasonOf(fireLate(group, 0, 'heartbeat'))).toBe('not-the-primary');
    expect(group.inFlight).toEqual([]);
  });

  test('a primary answers an executed request again and does not order a pending one twice', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    const [first, second] = [group.duplicate('REQUEST'), group.duplicate('REQUEST')];
    group.deliver('REQUEST');
    expect(reasonOf(group.arrive(first))).toBe('request-in-progress');
    group.run();
    group.arrive(second);
    expect(group.find('REPLY')).toMatchObject([{ to: 'ann', message: { result: 1 } }]);
    group.run();
    expect([group.keys(0).log, group.answers]).toEqual(['x', [1]]);
  });

  test('a primary drops a request that is older than the latest one of its client', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    const request = group.duplicate('REQUEST');
    group.run();
    group.ask('ann', 'y');
    group.run();
    expect(reasonOf(group.arrive(request))).toBe('later-request-executed');
  });

  test('a replica drops a message of an earlier view', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    const prepared = group.hold('PREPARE');
    group.fire(1, 'suspect');
    group.run({ without: [0] });
    expect(prepared.map((packet) => reasonOf(group.arrive(packet)))).toEqual([
      'view-is-over',
      'view-is-over',
    ]);
  });
});

describe('normal operation where VRR §4.1 leaves it open', () => {
  test('a backup forwards a fresh request to the primary', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.lose('REQUEST');
    group.retry('ann');
    group.lose('REQUEST', { to: 0 });
    group.lose('REQUEST', { to: 2 });
    group.deliver('REQUEST', { from: 'ann', to: 1 });
    group.deliver('REQUEST', { from: 1, to: 0 });
    group.run();
    expect(group.answers).toEqual([1]);
  });

  test('a backup answers a repeated request that it has executed', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.run();
    group.fire(0, 'heartbeat');
    group.run();
    const message = {
      type: 'REQUEST',
      operation: null,
      clientId: 'ann/0',
      session: 0,
      requestNumber: 1,
    } as const;
    inject(group, { from: 'ann', to: 1, message: { ...message, operation: { type: 'get', key: 'x' } } });
    expect(group.inFlight).toMatchObject([{ from: 1, to: 'ann', message: { type: 'REPLY', result: 1 } }]);
  });

  test('a primary repeats an unacknowledged PREPARE at growing intervals', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    const delays = [1, 2, 3].map(() => {
      group.lose();
      group.fire(0, 'resend');
      return group.delay(0, 'resend');
    });
    expect(delays).toEqual([4, 8, 16]);
    group.run();
    expect(group.answers).toEqual([1]);
    expect(group.armed(0).includes('resend')).toBe(false);
    expect(reasonOf(fireLate(group, 0, 'resend'))).toBe('everything-committed');
  });

  test('a primary repeats only the last PREPARE, and a backup that lacks earlier entries fetches them', () => {
    const group = new Group(3, 'diskless', 'at once', { pipeline: 3 });
    for (const name of ['ann', 'bob', 'eve']) group.ask(name, name);
    group.run({ without: [1, 2] });
    group.fire(0, 'resend');
    expect(group.find('PREPARE', { to: 1 })).toMatchObject([{ message: { opNumber: 3 } }]);
    group.run();
    expect([group.keys(0).executed, group.keys(1).log]).toEqual(['ann bob eve', 'ann bob eve']);
  });
});
