import { describe, expect, test } from 'vitest';
import { Group, reasonOf } from './group.ts';
import { askAnyway, inject, retryLate } from './tamper.ts';

describe('clients, VRR §4.1 and §4.5', () => {
  test('a client has one request outstanding at most', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    expect(reasonOf(askAnyway(group, 'ann', 'y'))).toBe('window-full');
  });

  test('a client numbers its requests and asks the primary of the view that last answered it', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    expect(group.find('REQUEST')).toMatchObject([{ to: 0, message: { requestNumber: 1 } }]);
    group.crash(0);
    group.fire(1, 'suspect');
    group.run();
    group.retry('ann');
    group.run();
    group.ask('ann', 'y');
    expect(group.find('REQUEST')).toMatchObject([{ to: 1, message: { requestNumber: 2 } }]);
  });

  test('a client without an answer asks all replicas, at growing intervals', () => {
    const group = new Group(3);
    const first = group.ask('ann', 'x').filter(({ type }) => type === 'timer');
    group.lose();
    const again = [1, 2].flatMap(() => group.retry('ann').filter(({ type }) => type === 'timer'));
    expect([...first, ...again]).toMatchObject([{ delay: 4 }, { delay: 8 }, { delay: 16 }]);
    expect(group.find('REQUEST').map(({ to }) => to)).toEqual([0, 1, 2, 0, 1, 2]);
  });

  test('a request runs once, however often its client sends it', () => {
    const group = new Group(3);
    group.ask('ann', { type: 'compare-and-set', key: 'x', expected: null, value: 1 });
    group.retry('ann');
    group.run();
    retryLate(group, 'ann');
    expect(group.keys(0).executed).toBe('x');
    expect(group.answers).toEqual([true]);
  });

  test('a reply stops the retry timer of a client, which drops a second copy', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    const answer = group.duplicate('REPLY');
    expect(group.deliver('REPLY')).toContainEqual({ type: 'timer', delay: 0 });
    expect(reasonOf(group.arrive(answer))).toBe('request-not-outstanding');
    expect(reasonOf(retryLate(group, 'ann'))).toBe('nothing-outstanding');
  });

  test('a client learns the view only from an answer to its request', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    const stray = {
      type: 'REPLY',
      viewNumber: 7,
      clientId: 'ann/9',
      requestNumber: 1,
      result: null,
    } as const;
    expect(reasonOf(inject(group, { from: 1, to: 'ann', message: stray }))).toBe('request-not-outstanding');
    expect(group.client('ann').viewNumber).toBe(0);
  });

  test('a request that was executed before its primary crashed is answered by the next primary and runs once', () => {
    const group = new Group(3);
    group.ask('ann', { type: 'compare-and-set', key: 'x', expected: null, value: 1 });
    group.run();
    expect(group.answers).toEqual([true]);

    group.ask('bob', { type: 'compare-and-set', key: 'y', expected: null, value: 1 });
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK', { from: 1 });
    group.lose();
    group.crash(0);
    group.fire(1, 'suspect');
    group.run();
    retryLate(group, 'bob');
    group.run();
    expect(group.answers).toEqual([true, true]);
    expect(group.keys(1).executed).toBe('x y');
  });
});

describe('a defect of client recovery, repaired: each incarnation has an identity of its own', () => {
  test('a client that crashed takes no request number twice, even if it crashes again', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.deliver('REQUEST');
    const numbers = [1, 2].map((incarnation) => {
      group.restartClient('ann');
      group.ask('ann', `x${incarnation}`);
      return group.find('REQUEST').at(-1)?.message;
    });
    expect(numbers).toMatchObject([{ clientId: 'ann/1' }, { clientId: 'ann/2' }]);
    group.run();
    expect(group.keys(0).executed).toBe('x x1 x2');
  });

  test('a restarted client does not take a reply to its former incarnation for its own', () => {
    const group = new Group(3);
    group.ask('ann', { type: 'set', key: 'x', value: 'before' });
    group.deliver('REQUEST');
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    group.restartClient('ann');
    group.ask('ann', { type: 'set', key: 'x', value: 'after' });
    expect(reasonOf(group.deliver('REPLY'))).toBe('request-not-outstanding');
    group.run();
    expect(group.answers).toEqual(['after']);
  });
});
