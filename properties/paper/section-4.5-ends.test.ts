import { describe, expect, test } from 'vitest';
import { clientStep, forkClient, type Reply } from '../../impl/index.ts';
import { Group, reasonOf } from './group.ts';
import { inject } from './tamper.ts';

/** A group with this number of sessions, whose client ann was registered as entry 1 and has set x as entry 2. */
function groupOfAnn(sessions: number): Group {
  const group = new Group(3, 'diskless', 'at once', { sessions, window: 2 });
  group.ask('ann', 'x');
  group.run();
  return group;
}

/** Every replica executes all entries. Yields the clients in its table, which is the same at each. */
function tables(group: Group): readonly string[] {
  group.fire(0, 'heartbeat');
  group.run();
  const [table, ...others] = [0, 1, 2].map((number) =>
    [...group.replica(number).clientTable]
      .map(([clientId, { session }]) => `${clientId} of ${session}`)
      .sort(),
  );
  for (const other of others) expect(other).toEqual(table);
  return table ?? [];
}

const end = { type: 'REQUEST', operation: null, clientId: 'ann/0', session: 1, requestNumber: 0 } as const;

describe('the end of a session', () => {
  test('takes the line of the client from the table of every replica, and evicts no client', () => {
    const group = groupOfAnn(2);
    group.ask('bob', 'y');
    group.run();
    group.end('ann');
    expect(group.find('REQUEST')).toMatchObject([{ to: 0, message: end }]);
    group.run();
    expect(tables(group)).toEqual(['bob/0 of 3']);
    group.ask('cid', 'z');
    group.run();
    expect(tables(group)).toEqual(['bob/0 of 3', 'cid/0 of 6']);
  });

  test('is answered, and the next request begins another session', () => {
    const group = groupOfAnn(2);
    group.end('ann');
    for (const type of ['REQUEST', 'PREPARE', 'PREPAREOK'] as const) group.deliver(type);
    expect(group.find('REPLY')).toMatchObject([{ message: { requestNumber: 0, result: null } }]);
    expect(group.deliver('REPLY')).toEqual([{ type: 'ended' }, { type: 'timer', delay: 0 }]);
    group.ask('ann', 'y');
    group.run();
    expect(tables(group)).toEqual(['ann/0.1 of 4']);
    expect(group.answers).toEqual([1, 1]);
  });

  test('is answered as done, however often it arrives', () => {
    const group = groupOfAnn(2);
    group.end('ann');
    const late = group.duplicate('REQUEST');
    for (const type of ['REQUEST', 'PREPARE', 'PREPAREOK'] as const) group.deliver(type);
    group.lose('REPLY');
    group.retry('ann');
    group.run();
    expect(group.client('ann')).toMatchObject({ clientId: 'ann/0.1', outstanding: [] });
    group.arrive(late);
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    expect(group.find('REPLY')).toMatchObject([{ message: { requestNumber: 0, result: null } }]);
    expect(tables(group)).toEqual([]);
  });

  test('is answered as done if the client was evicted before', () => {
    const group = groupOfAnn(1);
    group.ask('bob', 'y');
    group.run();
    group.end('ann');
    group.run();
    expect(group.client('ann')).toMatchObject({ clientId: 'ann/0.1', outstanding: [] });
    expect(tables(group)).toEqual(['bob/0 of 3']);
  });

  test('leaves a later session of the same client', () => {
    const group = new Group(3, 'diskless', 'at once', { sessions: 2 });
    group.ask('ann', 'x');
    const registration = group.duplicate('REQUEST');
    group.run();
    group.end('ann');
    const late = group.duplicate('REQUEST');
    group.run();
    group.arrive(registration);
    group.run();
    expect(tables(group)).toEqual(['ann/0 of 4']);
    group.arrive(late);
    group.run();
    expect(tables(group)).toEqual(['ann/0 of 4']);
  });

  test('turns away later requests of the session', () => {
    const group = groupOfAnn(2);
    group.end('ann');
    group.run();
    inject(group, {
      from: 'ann',
      to: 0,
      message: { ...end, operation: { type: 'get', key: 'x' }, requestNumber: 2 },
    });
    group.deliver('PREPARE');
    group.deliver('PREPAREOK');
    expect(group.find('EVICTED')).toMatchObject([{ message: { clientId: 'ann/0', requestNumber: 2 } }]);
  });

  test('waits in no log while an entry of its client is not executed', () => {
    const group = groupOfAnn(2);
    group.ask('ann', 'y');
    group.deliver('REQUEST');
    expect(reasonOf(inject(group, { from: 'ann', to: 0, message: end }))).toBe('request-in-progress');
    group.run();
    expect(group.answers).toEqual([1, 1]);
  });

  test('is forwarded by a backup', () => {
    const group = groupOfAnn(2);
    group.end('ann');
    group.lose('REQUEST');
    group.retry('ann');
    group.lose('REQUEST', { to: 0 });
    group.deliver('REQUEST', { to: 1 });
    expect(group.find('REQUEST', { from: 1 })).toMatchObject([{ to: 0, message: end }]);
    group.run();
    expect(tables(group)).toEqual([]);
  });
});

describe('a client that ends its session', () => {
  test('must have one', () => {
    const group = groupOfAnn(2);
    group.ask('bob', 'y');
    for (const name of ['bob', 'cid'])
      expect(reasonOf(clientStep(forkClient(group.client(name)), { type: 'end' }))).toBe('no-session-to-end');
  });

  test('waits until all of its requests are answered', () => {
    const group = groupOfAnn(2);
    group.ask('ann', 'y');
    group.ask('ann', 'z');
    expect(group.end('ann')).toEqual([]);
    group.retry('ann');
    expect(
      group.find('REQUEST').map(({ message }) => 'requestNumber' in message && message.requestNumber),
    ).not.toContain(0);
    group.run();
    expect(group.answers).toEqual([1, 1, 1]);
    expect(tables(group)).toEqual([]);
  });

  test('has none any more if it is evicted meanwhile', () => {
    const group = groupOfAnn(1);
    group.ask('bob', 'y');
    group.run();
    group.ask('ann', 'z');
    group.end('ann');
    group.run();
    expect(group.client('ann')).toMatchObject({ clientId: 'ann/0.1', outstanding: [] });
    expect(tables(group)).toEqual(['bob/0 of 3']);
  });

  test('makes no request until it is answered', () => {
    const group = groupOfAnn(2);
    group.end('ann');
    const client = forkClient(group.client('ann'));
    expect(reasonOf(clientStep(client, { type: 'request', operation: { type: 'get', key: 'x' } }))).toBe(
      'window-full',
    );
    expect(reasonOf(clientStep(client, { type: 'end' }))).toBe('no-session-to-end');
  });

  test('takes no late answer to its registration for the answer', () => {
    const group = groupOfAnn(2);
    group.end('ann');
    const client = forkClient(group.client('ann'));
    const registered: Reply = {
      type: 'REPLY',
      viewNumber: 0,
      clientId: 'ann/0',
      requestNumber: 0,
      result: 1,
    };
    expect(reasonOf(clientStep(client, { type: 'message', message: registered }))).toBe(
      'answer-of-another-kind',
    );
    expect(clientStep(client, { type: 'message', message: { ...registered, result: null } })).toMatchObject([
      { type: 'ended' },
      {},
    ]);
  });

  test('has none where clients need no session', () => {
    const group = new Group(3);
    group.ask('ann', 'x');
    group.run();
    expect(reasonOf(clientStep(forkClient(group.client('ann')), { type: 'end' }))).toBe('no-session-to-end');
  });
});
