import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterClient } from '../../../impl/node/client/clusterClient.ts';
import { NotExecutedError } from '../../../impl/node/client/errors.ts';
import type { TlsCredentials } from '../../../impl/node/cluster/tlsCredentials.ts';
import { errorNaming, generousTimeout, ServedGroup, until } from '../servedGroup.ts';
import { type Authority, authority, credentialsOf } from './certificates.ts';

let ours: Authority;
let group: ServedGroup;

beforeAll(async () => {
  ours = await authority();
  const replicas = await Promise.all([0, 1, 2].map((number) => credentialsOf(`replica-${number}`, ours)));
  group = await ServedGroup.start({ credentialsOf: (number) => replicas[number] });
});
afterAll(() => group.end());

const get = { type: 'get', key: 'a' };

/** The answer to a client with these credentials. */
async function answerTo(tls: TlsCredentials | undefined, deadline = generousTimeout): Promise<unknown> {
  const client = new ClusterClient({ ...group.cluster, tls });
  try {
    return await client.request(get, { deadline });
  } finally {
    client.close();
  }
}

describe('a group with certificates', () => {
  test('answers a client with a certificate of the same authority', async () => {
    expect(await answerTo(await credentialsOf('client', ours))).toBeNull();
  });

  test('goes on while a replica stops and starts again', async () => {
    await group.stop(2);
    await group.start(2);
    await until(() => group.server(2).status().status === 'normal', 'the replica is normal again');
  });

  test('stops a replica without waiting for a peer that never completes the TLS handshake', async () => {
    const silent = await group.knock(2);
    const isOver = new Promise((resolve) => silent.once('close', resolve));
    // Usually the replica has accepted the connection by then; if not, it is closed all the same.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await group.stop(2);
    await isOver;
    await group.start(2);
    await until(() => group.server(2).status().status === 'normal', 'the replica is normal again');
  });

  test('rejects a client without a certificate, or with one of another authority', async () => {
    const stranger = await credentialsOf('client', await authority());
    for (const tls of [undefined, { ...stranger, ca: ours.cert }]) {
      const before = group.rejections.length;
      await expect(answerTo(tls, 1_500)).rejects.toBeInstanceOf(NotExecutedError);
      await until(() => group.rejections.length > before, 'the client is rejected');
    }
    const isTold = (reason: string) => reason.startsWith('its certificate is not accepted: ');
    await until(() => group.rejections.some(isTold), 'the servers tell why');
  });

  test('has a client told that its certificate may not be accepted', async () => {
    const { cert, key } = await credentialsOf('client', await authority());
    const unaccepted = { ca: ours.cert, cert, key };
    const error = await errorNaming('accepts', (timeout) => answerTo(unaccepted, timeout));
    expect(error.message).toContain(
      'after the TLS handshake: its log says whether it accepts this certificate',
    );
  });

  test('rejects a client that bears the name of a replica', async () => {
    await expect(answerTo(await credentialsOf('replica-1', ours))).rejects.toThrow('is not that of a client');
  });

  test('has clients that reject a replica with a certificate of another authority', async () => {
    const { cert, key } = await credentialsOf('client', ours);
    const { cert: ca } = await authority();
    const error = await errorNaming('certificate', (timeout) => answerTo({ ca, cert, key }, timeout));
    expect(error.message).toMatch(/was not sent.*certificate/);
  });
});

test.each([
  ['the name of another', 'replica-1'],
  ['no single name', ['replica-2', 'client']],
])('a replica that bears %s is rejected', async (_, name) => {
  const replicas = await Promise.all(
    ['replica-0', 'replica-1', name].map((names) => credentialsOf(names, ours)),
  );
  const wrong = await ServedGroup.start({ credentialsOf: (number) => replicas[number] });
  await until(
    () => wrong.rejections.some((reason) => reason.includes('is not that of replica 2')),
    'it is rejected',
  );
  expect(wrong.standingsOf(0)).toEqual(['waiting']);
  await wrong.end();
});
