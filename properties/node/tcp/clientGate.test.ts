import { describe, expect, test } from 'vitest';
import { type ClientRecord, configure, type Json, keyValueService, Tree } from '../../../impl/index.ts';
import type { Access } from '../../../impl/node/cluster/access.ts';
import { ClientGate } from '../../../impl/node/tcp/clientGate.ts';

const get = { type: 'get', key: 'a' };
const set = { type: 'set', key: 'a', value: 'b' };

/** A gate whose clock, client-table and connections the test sets. */
function gateWith(access: Access, sessions = 3) {
  const at = { now: 0, table: Tree.empty<ClientRecord>(), connected: new Set<string>() };
  const gate = new ClientGate(access, {
    configuration: configure(3, 'durable', keyValueService, { sessions }),
    clientTable: () => at.table,
    isConnected: (clientId) => at.connected.has(clientId),
    now: () => at.now,
  });
  const connection = {};
  const ask = (name: string, operation: Json, requestNumber = 1, clientId = `${name}:1/0`) =>
    gate.check(
      { connection, name },
      { type: 'REQUEST', operation, clientId, session: requestNumber === 0 ? 0 : 1, requestNumber },
    );
  return { at, gate, ask };
}

/** The table with one more client, whose latest entry has this op-number. */
function withClient(table: Tree<ClientRecord>, clientId: string, opNumber: number): Tree<ClientRecord> {
  return table.set(clientId, { session: opNumber, requestNumber: 0, results: [], opNumber });
}

describe('roles', () => {
  const roles = { read: ['reader'], write: ['writer'], admin: ['operator'] };

  test.each([
    ['reader', get, undefined],
    ['reader', set, 'the name "reader" lacks the role write'],
    ['reader', { type: 'multi', operations: [get, get] }, undefined],
    ['reader', { type: 'multi', operations: [get, set] }, 'the name "reader" lacks the role write'],
    ['writer', get, undefined],
    ['writer', set, undefined],
    ['operator', get, 'the name "operator" lacks the role read'],
    ['operator', set, 'the name "operator" lacks the role write'],
    ['Reader', get, 'the name "Reader" lacks the role read'],
    ['', get, 'the name "" lacks the role read'],
  ])('let %s do %j, unless: %s', (name, operation, reason) => {
    expect(gateWith({ roles }).ask(name, operation)?.reason).toBe(reason);
  });

  test('let readers and writers be registered, and no other name', () => {
    const registered = (name: string) => gateWith({ roles }).ask(name, null, 0)?.because;
    expect(['reader', 'writer', 'operator'].map(registered)).toEqual([undefined, undefined, 'role']);
  });

  test('leave an operation that is invalid to the core, which says why', () => {
    expect(gateWith({ roles }).ask('reader', { type: 'nonsense' })).toBeUndefined();
  });

  test('let only administrators ask for the status', () => {
    const { gate } = gateWith({ roles });
    expect([gate.statusProblem('operator'), gate.statusProblem('writer')?.reason]).toEqual([
      undefined,
      'the name "writer" lacks the role admin',
    ]);
  });

  test('restrict no name where none are given', () => {
    const { ask, gate } = gateWith({ requestsPerSecondPerName: 9 });
    expect([ask('stranger', set), gate.statusProblem('stranger')]).toEqual([undefined, undefined]);
  });

  test('count as soon as they change', () => {
    const { ask, gate } = gateWith({ roles });
    gate.access = { roles: { write: ['reader'] } };
    expect(ask('reader', set)).toBeUndefined();
    expect(ask('writer', set)?.because).toBe('role');
  });

  test('have later requests of a session wait until the one that was refused passes', () => {
    const { ask } = gateWith({ roles });
    expect(ask('reader', set, 4)?.because).toBe('role');
    expect([ask('reader', get, 5), ask('reader', get, 6)].map((refused) => refused?.because)).toEqual([
      'earlier',
      'earlier',
    ]);
    // A copy of an earlier request is none of those.
    expect([ask('reader', get, 3), ask('reader', get, 5)?.because]).toEqual([undefined, 'earlier']);
    expect([ask('reader', get, 1, 'reader:1/0.1'), ask('reader', get, 4), ask('reader', get, 5)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('have none wait for a request of which another copy was executed', () => {
    const { ask, at } = gateWith({ roles });
    expect(ask('reader', set, 1)?.because).toBe('role');
    at.table = withClient(at.table, 'reader:1/0', 1);
    expect(ask('reader', get, 2)?.because).toBe('earlier');
    at.table = at.table.set('reader:1/0', { session: 1, requestNumber: 1, results: ['b'], opNumber: 2 });
    expect(ask('reader', get, 2)).toBeUndefined();
  });

  test('have none wait for a request whose session has ended since', () => {
    const { ask, at } = gateWith({ roles });
    expect(ask('operator', null, 0, 'operator:1/0')?.because).toBe('role');
    const later = () => ask('operator', { type: 'nonsense' }, 1, 'operator:1/0')?.because;
    expect(later()).toBe('earlier');
    at.table = withClient(at.table, 'reader:1/0', 1);
    expect(later()).toBe('earlier');
    at.table = withClient(at.table, 'reader:1/0', 2);
    expect(later()).toBe('role');
  });

  test('let a request be answered again that its session has executed, and no other', () => {
    const { ask, at } = gateWith({ roles, requestsPerSecondPerName: 1 });
    at.table = at.table.set('reader:1/0', { session: 1, requestNumber: 2, results: ['b'], opNumber: 3 });
    expect(ask('reader', set, 2)).toBeUndefined();
    expect(ask('reader', set, 3)?.because).toBe('role');
    expect(ask('reader', set, 2)?.because).toBe('rate');
    at.table = at.table.set('reader:1/0', { session: 4, requestNumber: 2, results: ['b'], opNumber: 6 });
    expect(ask('reader', set, 2)?.because).toBe('role');
  });
});

describe('the end of a session', () => {
  const end = (clientId: string) =>
    ({ type: 'REQUEST', operation: null, clientId, session: 1, requestNumber: 0 }) as const;

  const endAs = (gate: ClientGate, name: string) => gate.check({ connection: {}, name }, end(`${name}:1/0`));

  test('passes whatever the roles of the name', () => {
    expect(endAs(gateWith({ roles: { read: ['reader'] } }).gate, 'stranger')).toBeUndefined();
  });

  test('is counted apart from the requests of the name', () => {
    const { ask, gate, at } = gateWith({ requestsPerSecondPerName: 1 });
    expect(ask('one', null, 0)).toBeUndefined();
    at.table = withClient(at.table, 'one:1/0', 1);
    expect([ask('one', get, 1), endAs(gate, 'one'), endAs(gate, 'one')?.reason]).toEqual([
      undefined,
      undefined,
      'the name "one" makes more ends of sessions than 1 in a second: requests_per_second_per_name',
    ]);
  });

  test('frees a place among the sessions of the name', () => {
    const { at, gate, ask } = gateWith({ sessionsPerName: 1 }, 2);
    at.connected.add('other:1/0');
    at.table = withClient(withClient(at.table, 'other:1/0', 1), 'one:1/0', 2);
    const registered = () => ask('one', null, 0, 'one:2/0')?.because;
    expect(registered()).toBe('sessions');
    expect(gate.check({ connection: {}, name: 'one' }, end('one:1/0'))).toBeUndefined();
    at.table = at.table.delete('one:1/0');
    expect(registered()).toBeUndefined();
  });
});

describe('requests_per_second_per_name', () => {
  test('lets a name make as many requests in a second, and another name its own', () => {
    const { ask, at } = gateWith({ requestsPerSecondPerName: 2 });
    const asked = (name: string, times: number) =>
      Array.from({ length: times }, () => ask(name, get)?.because ?? 'passed');
    expect(asked('one', 3)).toEqual(['passed', 'passed', 'rate']);
    expect(asked('two', 3)).toEqual(['passed', 'passed', 'rate']);
    at.now += 499;
    expect(asked('one', 1)).toEqual(['rate']);
    at.now += 1;
    expect(asked('one', 2)).toEqual(['passed', 'rate']);
    at.now += 60_000;
    expect(asked('one', 3)).toEqual(['passed', 'passed', 'rate']);
  });

  test('counts what watches ask as requests', () => {
    const { ask, at, gate } = gateWith({ requestsPerSecondPerName: 2 });
    const watched = () => gate.checkWatch('one')?.because;
    expect([watched(), ask('one', get), watched(), ask('one', get)?.because]).toEqual([
      undefined,
      undefined,
      'rate',
      'rate',
    ]);
    at.now += 500;
    expect([watched(), watched()]).toEqual([undefined, 'rate']);
    // Whether an answer may leave is no question.
    at.now += 500;
    expect([gate.watchProblem('one'), gate.watchProblem('one'), watched()]).toEqual(Array(3).fill(undefined));
  });

  test('counts registrations by themselves', () => {
    const { ask, at } = gateWith({ requestsPerSecondPerName: 1 });
    // A client's registration is usually sent twice.
    expect([ask('one', null, 0), ask('one', null, 0)?.reason]).toEqual([
      undefined,
      'the name "one" makes more registrations than 1 in a second: requests_per_second_per_name',
    ]);
    at.table = withClient(at.table, 'one:1/0', 1);
    expect([ask('one', get, 1), ask('one', get, 2)?.reason]).toEqual([
      undefined,
      'the name "one" makes more requests than 1 in a second: requests_per_second_per_name',
    ]);
  });
});

describe('sessions_per_name', () => {
  const full = (...clients: readonly string[]) =>
    clients.reduce(
      (table, clientId, index) => withClient(table, clientId, index + 1),
      Tree.empty<ClientRecord>(),
    );

  test('keeps a name that has its sessions from ending that of a connected client', () => {
    const { ask, at } = gateWith({ sessionsPerName: 2 });
    at.table = full('two:1/0', 'one:1/0', 'one:2/0');
    at.connected.add('two:1/0');
    expect(ask('one', null, 0, 'one:3/0')).toEqual({
      because: 'sessions',
      reason:
        'the name "one" has all of its 2 sessions (sessions_per_name), and another one would end that of a connected client',
    });
  });

  test.each([
    [
      'the client that would lose its session is gone',
      { two: false, table: ['two:1/0', 'one:1/0', 'one:2/0'] },
    ],
    ['its own session is the oldest', { two: true, table: ['one:1/0', 'two:1/0', 'one:2/0'] }],
    ['the name has fewer sessions', { two: true, table: ['two:1/0', 'one:1/0', 'two:2/0'] }],
    ['there is room', { two: true, table: ['two:1/0', 'one:1/0'] }],
    ['it is registered already', { two: true, table: ['two:1/0', 'one:1/0', 'one:3/0'] }],
    ['the names only look alike', { two: true, table: ['two:1/0', 'one%3A:1/0', 'one:2/0'] }],
  ])('lets it have another one where %s', (_, { two, table }) => {
    const { ask, at } = gateWith({ sessionsPerName: 2 });
    at.table = full(...table);
    if (two) at.connected.add('two:1/0');
    expect(ask('one', null, 0, 'one:3/0')).toBeUndefined();
  });

  test('counts registrations that are not executed yet', () => {
    const { ask, at } = gateWith({ sessionsPerName: 1 });
    at.table = full('two:1/0', 'two:2/0');
    for (const client of ['two:1/0', 'two:2/0', 'one:1/0']) at.connected.add(client);
    expect(ask('one', null, 0, 'one:1/0')).toBeUndefined();
    expect(ask('one', null, 0, 'one:2/0')?.because).toBe('sessions');
    // One whose client is gone before it is in the table may never come.
    at.connected.delete('one:1/0');
    expect(ask('one', null, 0, 'one:2/0')).toBeUndefined();
  });

  test('asks for identities that begin with the name', () => {
    const { gate } = gateWith({ sessionsPerName: 1 });
    expect(gate.identityProblem('a b', 'a%20b:1/0')).toBeUndefined();
    expect(gate.identityProblem('a b', 'one:1/0')).toContain('must begin with "a%20b:"');
    gate.access = {};
    expect(gate.identityProblem('a b', 'one:1/0')).toBeUndefined();
  });
});
