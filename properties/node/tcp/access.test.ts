import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyValueService } from '../../../impl/index.ts';
import { ClusterClient } from '../../../impl/node/client/clusterClient.ts';
import { clusterStatus } from '../../../impl/node/client/clusterStatus.ts';
import { NotExecutedError } from '../../../impl/node/client/errors.ts';
import type { Access } from '../../../impl/node/cluster/access.ts';
import type { TlsCredentials } from '../../../impl/node/cluster/tlsCredentials.ts';
import { generousTimeout, ServedGroup } from '../servedGroup.ts';
import { type Authority, authority, credentialsOf } from './certificates.ts';

const roles = { read: ['reader'], write: ['writer'], admin: ['operator'] };
const get = { type: 'get', key: 'a' };
const set = (key: string) => ({ type: 'set', key, value: 'b' });

let by: Authority;
let group: ServedGroup;
const clients: ClusterClient[] = [];
const names = new Map<string, TlsCredentials>();

beforeAll(async () => {
  by = await authority();
  const replicas = await Promise.all([0, 1, 2].map((number) => credentialsOf(`replica-${number}`, by)));
  for (const name of ['reader', 'writer', 'operator']) names.set(name, await credentialsOf(name, by));
  group = await ServedGroup.start({
    cluster: { access: { roles } },
    credentialsOf: (number) => replicas[number],
  });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await group.end();
});

function clientOf(name: string): ClusterClient {
  const client = new ClusterClient({ ...group.cluster, tls: names.get(name) }, { deadline: generousTimeout });
  clients.push(client);
  return client;
}

/** Has all replicas follow other rules. */
function restrict(access: Access): void {
  for (const number of [0, 1, 2]) group.server(number).reload({ tls: undefined, access });
}

/** What came of each request: its result, or the message of the error that says that it had no effect. */
async function outcomes(requests: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  return (await Promise.allSettled(requests)).map((settled) => {
    if (settled.status === 'fulfilled') return settled.value;
    expect(settled.reason).toBeInstanceOf(NotExecutedError);
    expect(settled.reason.reason).toBe('refused');
    return settled.reason.message;
  });
}

const lacksWrite = 'The request was refused, and has had no effect: the name "reader" lacks the role write.';

describe('a group whose names have roles', () => {
  test('answers a reader, and refuses what it writes', async () => {
    const reader = clientOf('reader');
    const requests = [get, set('x'), get, set('y'), set('z'), get, get].map((operation) =>
      reader.request(operation),
    );
    expect(await outcomes(requests)).toEqual([null, lacksWrite, null, lacksWrite, lacksWrite, null, null]);
    expect(await reader.request({ type: 'size' })).toBe(0);
    expect(group.refused).toContainEqual(['reader', 'role', 'the name "reader" lacks the role write']);
  });

  test('executes what a writer writes', async () => {
    const writer = clientOf('writer');
    expect(await writer.request(set('a'))).toBe('b');
    expect(await writer.request(get)).toBe('b');
  });

  test('refuses a name without roles, and goes on', async () => {
    const operator = clientOf('operator');
    const refused =
      'The request was refused, and has had no effect: the name "operator" lacks the role read.';
    expect(await outcomes([operator.request(get), operator.request(set('x'))])).toEqual([refused, refused]);
    expect(await outcomes([operator.request(get)])).toEqual([refused]);
  });

  test('lets a name watch keys that may read or write, while it may', async () => {
    const lacksRead = (name: string) => ({
      reason: 'refused',
      message: expect.stringContaining(`the name "${name}" lacks the role read`),
    });
    await expect(clientOf('operator').watch('w').next()).rejects.toMatchObject(lacksRead('operator'));
    expect(group.refused).toContainEqual(['operator', 'role', 'the name "operator" lacks the role read']);
    const writer = clientOf('writer');
    const [watch, own] = [clientOf('reader').watch('w'), writer.watch('w')];
    for (const begun of [watch, own]) expect((await begun.next()).value).toMatchObject({ changes: [] });
    const ended = expect(watch.next()).rejects.toMatchObject(lacksRead('reader'));
    const told = own.next();
    restrict({ roles: { ...roles, read: [] } });
    await writer.request(set('w'));
    await ended;
    expect((await told).value).toMatchObject({ changes: [set('w')] });
    restrict({ roles });
  });

  test('tells only administrators its status', async () => {
    const statusFor = (name: string) =>
      clusterStatus({ ...group.cluster, tls: names.get(name) }, keyValueService, generousTimeout);
    expect(await statusFor('operator')).toMatchObject([
      { type: 'status' },
      { type: 'status' },
      { type: 'status' },
    ]);
    const silent = { type: 'silent', reason: 'the name "writer" lacks the role admin' };
    expect(await statusFor('writer')).toEqual([silent, silent, silent]);
  });

  test('follows other roles at once, for clients that are connected too', async () => {
    const reader = clientOf('reader');
    expect(await outcomes([reader.request(get), reader.request(set('x'))])).toEqual(['b', lacksWrite]);
    restrict({ roles: { write: ['reader'] } });
    expect(await reader.request(set('x'))).toBe('b');
    restrict({ roles });
    expect(await outcomes([reader.request(set('x'))])).toEqual([lacksWrite]);
  });
});

test('the least rate executes the first request of a new client', async () => {
  restrict({ requestsPerSecondPerName: 1 });
  expect(await clientOf('reader').request({ type: 'size' })).toEqual(expect.any(Number));
  restrict({});
});

test('what a rate keeps out has no effect, and all else is executed', async () => {
  restrict({ requestsPerSecondPerName: 3 });
  const writer = clientOf('writer');
  const taken: string[] = [];
  // A slow machine may need several rounds until a request is one too many.
  for (let round = 0, refused = 0; refused === 0; round++) {
    const keys = Array.from({ length: 16 }, (_, index) => `rate-${round}-${index}`);
    const ended = await outcomes(keys.map((key) => writer.request(set(key))));
    taken.push(...keys.filter((_, index) => ended[index] === 'b'));
    refused += ended.filter((one) => one !== 'b').length;
  }
  restrict({});
  expect(await writer.request({ type: 'keys', prefix: 'rate-' })).toEqual({
    keys: taken.toSorted(),
    more: false,
  });
});

test('a name has its prefix in the identity of its sessions, and asks for the status too', async () => {
  restrict({ sessionsPerName: 1 });
  expect(await clientOf('writer').request(get)).toBe('b');
  const operator = { ...group.cluster, tls: names.get('operator') };
  const [report] = await clusterStatus(operator, keyValueService, generousTimeout);
  expect(report).toMatchObject({ type: 'status' });
  restrict({});
});
