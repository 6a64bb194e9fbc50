import { describe, expect, test } from 'vitest';
import { Group, reasonOf } from './group.ts';
import { askAnyway, retryLate } from './tamper.ts';

/** A group with this number of sessions, whose clients have up to `window` requests outstanding. */
function groupWith(sessions: number, window = 2): Group {
  return new Group(3, 'diskless', 'at once', { sessions, window });
}

/** The clients in a replica's table, each with its session and its latest request. */
function table(group: Group, number: number): readonly string[] {
  return [...group.replica(number).clientTable]
    .map(([clientId, { session, requestNumber }]) => `${clientId} of ${session} s${requestNumber}`)
    .sort();
}

describe('a session, where the client-table is bounded', () => {
  test('a session begins with a registration, and the waiting requests follow in their order', () => {
    const group = groupWith(2);
    group.ask('ann', 'x');
    expect(group.ask('ann', 'y')).toEqual([]);
    expect(group.find('REQUEST')).toMatchObject([
      { to: 0, message: { clientId: 'ann/0', session: 0, requestNumber: 0, operation: null } },
    ]);
    group.deliver('REQUEST');
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    expect(group.find('REPLY')).toMatchObject([{ message: { requestNumber: 0, result: 1 } }]);
    group.deliver('REPLY');
    expect(group.find('REQUEST')).toMatchObject([
      { to: 0, message: { session: 1, requestNumber: 1 } },
      { to: 0, message: { session: 1, requestNumber: 2 } },
    ]);
    group.run();
    expect(group.answers).toEqual([1, 1]);
    expect(table(group, 0)).toEqual(['ann/0 of 1 s2']);
  });

  test('a session begins once, however often its client sends the registration', () => {
    const group = groupWith(2);
    group.ask('ann', 'x');
    group.retry('ann');
    group.run();
    retryLate(group, 'ann');
    group.run();
    expect(table(group, 0)).toEqual(['ann/0 of 1 s1']);
    expect(group.replica(0).log.length).toBe(2);
  });

  test('a repeated registration is answered with the same session, even after requests', () => {
    const group = groupWith(2);
    group.ask('ann', 'x');
    const [first, second] = [group.duplicate('REQUEST'), group.duplicate('REQUEST')];
    group.deliver('REQUEST');
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    const told = [{ type: 'reply', message: { requestNumber: 0, result: 1 } }];
    expect(group.arrive(first)).toMatchObject(told);
    group.run();
    expect(table(group, 0)).toEqual(['ann/0 of 1 s1']);
    expect(group.arrive(second)).toMatchObject(told);
    expect(group.replica(0).log.length).toBe(2);
  });

  test('a backup whose log has the registration drops a request that comes too early, and forwards the next one', () => {
    const group = groupWith(2);
    for (const key of ['x', 'y']) group.ask('ann', key);
    group.deliver('REQUEST');
    group.deliver('PREPARE', { to: 1 });
    group.deliver('PREPAREOK');
    group.deliver('REPLY');
    group.lose('REQUEST');
    group.retry('ann');
    const [first, second] = group.hold('REQUEST', { to: 1 });
    group.lose('REQUEST');
    expect(group.replica(1)).toMatchObject({ commitNumber: 0, log: { length: 1 } });
    expect(reasonOf(group.arrive(second))).toBe('earlier-request-missing');
    group.arrive(first);
    expect(group.find('REQUEST')).toMatchObject([{ from: 1, to: 0, message: { requestNumber: 1 } }]);
  });

  test('a restarted client begins another session', () => {
    const group = groupWith(2);
    group.ask('ann', 'x');
    group.run();
    group.restartClient('ann');
    group.ask('ann', 'y');
    group.run();
    expect(table(group, 0)).toEqual(['ann/0 of 1 s1', 'ann/1 of 3 s1']);
  });

  test('a session outlives the view in which it began', () => {
    const group = groupWith(2);
    group.ask('ann', 'x');
    group.run();
    group.crash(0);
    group.fire(1, 'suspect');
    group.run();
    group.ask('ann', 'y');
    group.retry('ann');
    group.run();
    expect(table(group, 1)).toEqual(['ann/0 of 1 s2']);
    expect(group.keys(1).executed.trim()).toBe('x y');
  });
});

describe('an eviction', () => {
  test('an eviction is of the client that was silent for longest, at every replica', () => {
    const group = groupWith(2);
    for (const name of ['ann', 'bob', 'ann', 'cid']) {
      group.ask(name, name);
      group.run();
    }
    group.fire(0, 'heartbeat');
    group.run();
    for (const number of [0, 1, 2]) expect(table(group, number)).toEqual(['ann/0 of 1 s2', 'cid/0 of 6 s1']);
  });

  test('an evicted client learns that the outcome of its requests is unknown, and begins another session', () => {
    const group = groupWith(1);
    group.ask('ann', 'x');
    group.run();
    group.ask('bob', 'y');
    group.run();
    group.ask('ann', 'z');
    group.ask('ann', 'u');
    group.deliver('REQUEST');
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    expect(group.find('EVICTED')).toMatchObject([{ to: 'ann', message: { requestNumber: 2 } }]);
    expect(group.deliver('EVICTED')).toMatchObject([
      { type: 'evicted', requests: [{ requestNumber: 2 }, { requestNumber: 3 }] },
      { type: 'timer', delay: 0 },
    ]);
    group.run();
    expect(group.client('ann').clientId).toBe('ann/0.1');
    group.ask('ann', 'v');
    group.run();
    expect(group.answers).toEqual([1, 1, 1]);
    expect(table(group, 0)).toMatchObject([expect.stringMatching(/^ann\/0\.1 of \d+ s1$/)]);
  });

  test('a request that was executed before its client was evicted is not executed again', () => {
    const group = groupWith(1);
    group.ask('ann', { type: 'compare-and-set', key: 'x', expected: null, value: 1 });
    group.deliver('REQUEST');
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    group.deliver('REPLY');
    const late = group.duplicate('REQUEST');
    group.run();
    group.ask('bob', { type: 'delete', key: 'x' });
    group.run();
    expect(group.arrive(late)).toEqual(expect.arrayContaining([expect.objectContaining({ type: 'send' })]));
    const executed = group.replica(0).commitNumber;
    group.run();
    expect(group.replica(0).commitNumber).toBe(executed + 1);
    expect(group.answers).toEqual([true, true]);
    group.ask('bob', { type: 'get', key: 'x' });
    group.run();
    expect(group.answers.at(-1)).toBe(null);
  });

  test('a client is told of its eviction even while a late copy of its registration is being ordered', () => {
    const group = groupWith(1);
    group.ask('ann', 'x');
    const late = group.duplicate('REQUEST');
    group.run();
    group.ask('bob', 'y');
    group.run();
    group.arrive(late);
    group.ask('ann', 'z');
    expect(reasonOf(group.deliver('REQUEST', { from: 'ann' }))).toBe(undefined);
    expect(group.replica(0)).toMatchObject({ commitNumber: 4, log: { length: 6 } });
    group.run();
    expect(group.client('ann')).toMatchObject({ clientId: 'ann/0.1', outstanding: [] });
    expect(group.answers).toEqual([1, 1]);
  });

  test('an eviction may come between a request and its execution', () => {
    const group = groupWith(1);
    group.ask('ann', 'x');
    group.run();
    group.ask('bob', 'y');
    group.ask('ann', 'z');
    group.deliver('REQUEST', { from: 'bob' });
    group.deliver('REQUEST', { from: 'ann' });
    group.run();
    expect(group.replica(0).clientTable.get('ann/0')).toBe(undefined);
    expect(group.client('ann').outstanding).toEqual([]);
    expect(group.answers).toEqual([1, 1]);
  });
});

describe('a window of outstanding requests', () => {
  /** A registered client that has sent requests 2 and 3, and was answered before. */
  function waiting(): Group {
    const group = groupWith(2);
    group.ask('ann', 'a');
    group.run();
    group.ask('ann', 'b');
    group.ask('ann', 'c');
    return group;
  }

  test('a window ends its number of requests after the oldest outstanding one', () => {
    const group = waiting();
    const full = 'window-full';
    expect(reasonOf(askAnyway(group, 'ann', 'd'))).toBe(full);
    for (const _ of [1, 2]) group.deliver('REQUEST');
    for (const _ of [1, 2]) group.deliver('PREPARE', { to: 1 });
    for (const _ of [1, 2]) group.deliver('PREPAREOK', { from: 1 });
    const [first, second] = group.hold('REPLY');
    group.arrive(second);
    expect(group.client('ann').outstanding).toMatchObject([{ requestNumber: 2 }]);
    expect(reasonOf(askAnyway(group, 'ann', 'd'))).toBe(full);
    group.arrive(first);
    expect(reasonOf(group.ask('ann', 'd'))).toBe(undefined);
  });

  test.each([1, Number.POSITIVE_INFINITY])(
    'the latest results of a client are kept, as many as its window, with %d sessions',
    (sessions) => {
      const group = groupWith(sessions, 4);
      const kept = [1, 2, 3, 4, 5, 6].map((value) => {
        group.ask('ann', { type: 'set', key: 'x', value });
        group.run();
        return group.replica(0).clientTable.get('ann/0')?.results;
      });
      expect(kept).toEqual([[1], [1, 2], [1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]]);
    },
  );

  test('a client restarts its retry timer at each answer until none is outstanding', () => {
    const group = waiting();
    for (const _ of [1, 2]) group.deliver('REQUEST');
    for (const _ of [1, 2]) group.deliver('PREPARE', { to: 1 });
    for (const _ of [1, 2]) group.deliver('PREPAREOK', { from: 1 });
    for (const delay of [4, 0])
      expect(group.deliver('REPLY')).toMatchObject([{ type: 'answered' }, { type: 'timer', delay }]);
  });

  test('every request of a window is answered from the table, even if later ones were executed', () => {
    const group = waiting();
    for (const _ of [1, 2]) group.deliver('REQUEST');
    for (const _ of [1, 2]) group.deliver('PREPARE', { to: 1 });
    for (const _ of [1, 2]) group.deliver('PREPAREOK', { from: 1 });
    group.lose('REPLY');
    group.retry('ann');
    group.run();
    expect(group.client('ann').outstanding).toEqual([]);
    expect(group.keys(0).executed.trim()).toBe('a b c');
  });

  test('requests of a window are ordered by their numbers: one that arrives too early is dropped and sent again', () => {
    const group = waiting();
    const [first, second] = group.hold('REQUEST');
    expect(reasonOf(group.arrive(second))).toBe('earlier-request-missing');
    group.arrive(first);
    group.run();
    expect(group.client('ann').outstanding).toMatchObject([{ requestNumber: 3 }]);
    group.retry('ann');
    group.run();
    expect(group.keys(0).executed.trim()).toBe('a b c');
    expect(group.client('ann').outstanding).toEqual([]);
  });
});
