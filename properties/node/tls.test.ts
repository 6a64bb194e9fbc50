import { type GenerateResult, generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ClusterClient } from '../../impl/node/client/clusterClient.ts';
import { TimeoutError } from '../../impl/node/client/errors.ts';
import type { TlsCredentials } from '../../impl/node/cluster/tlsCredentials.ts';
import { ServedGroup, until } from './servedGroup.ts';

type Authority = Pick<GenerateResult, 'cert' | 'private'>;

function authority(): Promise<Authority> {
  const extensions = [
    { name: 'basicConstraints' as const, cA: true },
    { name: 'keyUsage' as const, keyCertSign: true, digitalSignature: true },
  ];
  return generate([{ name: 'commonName', value: 'authority' }], { keySize: 2048, extensions });
}

async function credentialsOf(name: string, by: Authority): Promise<TlsCredentials> {
  const ca = { key: by.private, cert: by.cert };
  const { cert, private: key } = await generate([{ name: 'commonName', value: name }], { keySize: 2048, ca });
  return { ca: by.cert, cert, key };
}

let ours: Authority;
let group: ServedGroup;

beforeAll(async () => {
  ours = await authority();
  const replicas = await Promise.all([0, 1, 2].map((number) => credentialsOf(`replica-${number}`, ours)));
  group = await ServedGroup.start({ credentialsOf: (number) => replicas[number] });
});
afterAll(() => group.end());

const get = { type: 'get', key: 'a' };

/** What a client hears that shows these, in so many milliseconds. */
async function asked(tls: TlsCredentials | undefined, timeout = 1_500): Promise<unknown> {
  const client = new ClusterClient({ ...group.cluster, tls: tls });
  try {
    return await client.request(get, timeout);
  } finally {
    client.close();
  }
}

describe('a group with certificates', () => {
  test('hears a client with a certificate of the same authority', async () => {
    expect(await asked(await credentialsOf('somebody', ours), 20_000)).toBeNull();
  });

  test('keeps going while a replica goes and comes back', async () => {
    await group.stop(2);
    await group.start(2);
    await until(() => group.server(2).status().status === 'normal', 'the replica is normal again');
  });

  test('does not wait for whoever never shows a certificate when a replica stops', async () => {
    const silent = await group.knock(2);
    const isOver = new Promise((resolve) => silent.once('close', resolve));
    // By then the replica has taken the connection.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await group.stop(2);
    await isOver;
    await group.start(2);
    await until(() => group.server(2).status().status === 'normal', 'the replica is normal again');
  }, 20_000);

  test('hears nobody without a certificate, nor with one of another authority', async () => {
    await expect(asked(undefined)).rejects.toBeInstanceOf(TimeoutError);
    const stranger = await credentialsOf('somebody', await authority());
    await expect(asked({ ...stranger, ca: ours.cert })).rejects.toBeInstanceOf(TimeoutError);
    expect(group.refused.length).toBeGreaterThan(0);
  });

  test('hears no client that bears the name of a replica', async () => {
    await expect(asked(await credentialsOf('replica-1', ours))).rejects.toThrow('is not that of a client');
  });

  test('has clients that talk to nobody else', async () => {
    const { cert, key } = await credentialsOf('somebody', ours);
    const { cert: ca } = await authority();
    await expect(asked({ ca, cert, key }, 5_000)).rejects.toThrow(/No answer.*certificate/);
  });
});

test('a replica that bears the name of another is not heard', async () => {
  const replicas = await Promise.all(
    ['replica-0', 'replica-1', 'replica-1'].map((name) => credentialsOf(name, ours)),
  );
  const wrong = await ServedGroup.start({ credentialsOf: (number) => replicas[number] });
  await until(
    () => wrong.refused.some((reason) => reason.includes('is not that of replica 2')),
    'it is refused',
  );
  expect(wrong.beginningOf(0)).toBeUndefined();
  await wrong.end();
});
