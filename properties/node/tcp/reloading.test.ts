import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../../models/processes/tcp/freePorts.ts';
import { root } from '../../root.ts';
import { generousTimeout, until } from '../servedGroup.ts';
import { authority, credentialsOf } from './certificates.ts';

const directory = mkdtempSync(join(tmpdir(), 'viewstamped-'));
const config = join(directory, 'cluster.yaml');
const program = 'impl/cli/viewstamped.mjs';
let port = 0;

beforeAll(async () => {
  [port = 0] = await freePorts(1);
  await certify();
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Gives the replica and the client certificates of a new authority. */
async function certify(): Promise<void> {
  const by = await authority();
  for (const name of ['replica-0', 'client']) {
    const { ca, cert, key } = await credentialsOf(name, by);
    for (const [file, text] of Object.entries({ ca, [name]: cert, [`${name}-key`]: key }))
      put(`${file}.pem`, text);
  }
}

/** Replaces the file at once. */
function put(file: string, text: string): void {
  writeFileSync(join(directory, `${file}.new`), text);
  renameSync(join(directory, `${file}.new`), join(directory, file));
}

function describeCluster(rules: string): void {
  const tls = 'tls:\n  ca: ca.pem\n  certificate: "{name}.pem"\n  key: "{name}-key.pem"\n';
  put('cluster.yaml', `replicas_addresses: ["127.0.0.1:${port}"]\nmode: diskless\n${tls}${rules}`);
}

/** Runs a command of a client. It runs by itself, while this process does nothing. */
function client(...words: readonly string[]) {
  const args = [program, 'client', '--config', config, '--timeout', String(generousTimeout), ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  return { code: status, said: `${stdout}${stderr}` };
}

test('a server follows the roles and the certificates in its files without a restart', async () => {
  describeCluster('roles:\n  read: [client]\n');
  const args = [program, 'server', '--config', config, '--index', '0'];
  const server = spawn(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  const logged = (text: string, times = 1) => until(() => log.split(text).length > times, `it logs ${text}`);
  const ended = new Promise((resolve) => server.once('close', resolve));
  try {
    await logged('"msg":"ready"');
    expect(client('SET', 'a', 'b')).toEqual({
      code: 5,
      said: 'viewstamped client: NotExecutedError: The request was refused, and has had no effect: the name "client" lacks the role write.\n',
    });
    expect(client('SIZE')).toEqual({ code: 0, said: '{"result": 0}\n' });
    await logged('"msg":"refused a request"');

    describeCluster('roles:\n  write: [client\n');
    await logged('keeps the certificates, roles and limits that it has: ');
    describeCluster('roles:\n  write: [client]\n');
    await logged('follows the new certificates, roles and limits');
    expect(client('SET', 'a', 'b')).toEqual({ code: 0, said: '{"result": "b"}\n' });

    await certify();
    await logged('follows the new certificates, roles and limits', 2);
    expect(client('GET', 'a')).toEqual({ code: 0, said: '{"result": "b"}\n' });
  } finally {
    server.kill('SIGTERM');
  }
  expect(await ended).toBe(0);
});
