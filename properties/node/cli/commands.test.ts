import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatAddress } from '../../../impl/node/cluster/address.ts';
import { freePorts } from '../../../models/processes/tcp/freePorts.ts';
import { root } from '../../root.ts';
import { ServedGroup } from '../servedGroup.ts';
import { set } from '../watch/executedEntries.ts';

/** Runs a command with these lines on standard input. */
function run(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['impl/cli/viewstamped.mjs', ...args], {
    cwd: root,
    input,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}

// No server listens at this port: it is reserved.
const closed = '127.0.0.1:1';

test('the demo lists its own commands too when a word is none', () => {
  const { code, err } = run(['demo'], 'crsh 0\n');
  expect(err).toBe(
    "There is no command 'crsh'. Use GET, SET, DEL, CAS, SIZE, KEYS, MULTI, WATCH, crash, restart, cut, heal, status.\n",
  );
  expect(code).toBe(2);
});

test('a server rejects a file as its directory', () => {
  const { code, err } = run(['server', '--members', closed, '--index', '0', '--data', 'package.json']);
  expect(err).toContain('viewstamped server: --data: package.json is a file: name a directory.\n');
  expect(code).toBe(2);
});

test('a durable server rejects that it has no directory', () => {
  const { code, err } = run(['server', '--config', 'impl/cli/cluster.yaml', '--index', '0']);
  expect(err).toContain(
    'viewstamped server: The mode of the cluster is durable, and no directory is given to store in',
  );
  expect(code).toBe(2);
});

test('the status ends with code 0 while a majority serves, and with code 1 and the reasons once it does not', async () => {
  const group = await ServedGroup.start();
  const members = group.cluster.addresses.map(formatAddress).join();
  const status = async () => {
    const child = spawn(process.execPath, ['impl/cli/viewstamped.mjs', 'status', '--members', members], {
      cwd: root,
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString('utf8');
    });
    child.stderr.on('data', (data: Buffer) => {
      err += data.toString('utf8');
    });
    const [code] = await once(child, 'close');
    return { code, out, err };
  };
  // On a busy machine the view may change at any time.
  const statusWith = async (wanted: number) => {
    for (;;) {
      const told = await status();
      if (told.code === wanted) return told;
    }
  };
  await group.client().request(set('a', 'b'));
  await group.stop(2);
  const { out } = await statusWith(0);
  expect(out).toMatch(
    /\n\nThe group serves: replicas 0, 1 are normal in view \d+\.\nReplica 2: .*ECONNREFUSED.*\.\n$/,
  );
  await group.stop(1);
  const { err } = await statusWith(1);
  expect(err).toMatch(
    /^viewstamped status: The group does not serve: [01] of 3 replicas (is|are) normal in one view, and 2 are needed/,
  );
  expect(err).toContain('\nviewstamped status: Replica');
  await group.end();
});

test('a server rejects a trace that it cannot write', () => {
  const { code, err } = run(['server', '--members', closed, '--index', '0', '--trace', 'missing/r0.jsonl']);
  expect(err).toContain('The trace missing/r0.jsonl cannot be written: ');
  expect(code).toBe(2);
});

test('a client names itself in the error of a command that it cannot send in time', () => {
  const { code, err } = run(['client', '--members', closed, '--timeout', '100', 'GET', 'a']);
  expect(err).toMatch(/^viewstamped client: NotExecutedError: The operation was not sent in 100 ms/);
  expect(code).toBe(5);
});

test('a client that is interrupted says whether its command was executed', async () => {
  const [port = 0] = await freePorts(1);
  const silent = createServer(() => child.kill('SIGINT')).listen(port, '127.0.0.1');
  await once(silent, 'listening');
  const child = spawn(
    process.execPath,
    ['impl/cli/viewstamped.mjs', 'client', '--members', `127.0.0.1:${port}`, 'GET', 'a'],
    { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] },
  );
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString('utf8');
  });
  expect(await once(child, 'close')).toEqual([5, null]);
  silent.close();
  expect(err).toBe('viewstamped client: NotExecutedError: Stopped waiting before the operation was sent.\n');
});

test('a watch in a pipe prints a line of JSON for each change, and Ctrl-C tells how to go on', async () => {
  const group = await ServedGroup.start();
  const client = group.client();
  await client.request({ type: 'multi', operations: [set('a', ''), { type: 'delete', key: 'a' }] });
  await client.request(set('b', 1));
  const members = group.cluster.addresses.map(formatAddress).join();
  const child = spawn(
    process.execPath,
    ['impl/cli/viewstamped.mjs', 'client', '--members', members, '--json', 'WATCH', 'a', '1'],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString('utf8');
    if (out.split('\n').length === 3) child.kill('SIGINT');
  });
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString('utf8');
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  await group.end();
  expect(out).toBe(
    '{"opNumber":2,"type":"set","key":"a","value":""}\n{"opNumber":2,"type":"delete","key":"a"}\n',
  );
  expect(err).toBe(
    'Watching "a" after op-number 1. Ctrl-C ends it.\n' +
      'Stopped. All changes after op-number 1 up to 2 were shown. To go on: WATCH "a" 2\n',
  );
});

test('a watch that begins beyond the newest op-number tells that it has shown no change', async () => {
  const group = await ServedGroup.start();
  const members = group.cluster.addresses.map(formatAddress).join();
  const child = spawn(
    process.execPath,
    ['impl/cli/viewstamped.mjs', 'client', '--members', members, 'WATCH', 'a', '999999'],
    { cwd: root, stdio: ['ignore', 'inherit', 'pipe'] },
  );
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString('utf8');
    if (!child.killed && err.includes('Ctrl-C ends it.\n')) child.kill('SIGINT');
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  await group.end();
  expect(err).toContain('Stopped. No change after op-number 999999 was shown. To go on: WATCH "a" 999999\n');
});

test('a watch ends with code 5 if no server answers in time', () => {
  const { code, err } = run(['client', '--members', closed, '--timeout', '100', 'WATCH', 'a']);
  expect(err).toMatch(
    /^viewstamped client: WatchError: No replica has begun the watch in 100 ms\. Replica 0: /,
  );
  expect(code).toBe(5);
});

test('the status is aligned when all replicas are silent', () => {
  const { code, out } = run(['status', '--members', `${closed},127.0.0.1:2`, '--timeout', '100']);
  const [header = '', ...rows] = out.trimEnd().split('\n');
  expect(rows.map((row) => row.indexOf('silent: '))).toEqual(Array(2).fill(header.indexOf('status')));
  expect(code).toBe(1);
});

test.each([
  ['missing.js', 'there is no file missing.js'],
  ['biome.json', 'the default export of biome.json is no service: its initial is missing'],
  ['README.md', 'README.md cannot be loaded'],
  [
    'impl/cli/quotedWords.ts',
    'impl/cli/quotedWords.ts exports QuoteError, splitWords. Export a service, as its default',
  ],
])('a server rejects %s as its service', (module, problem) => {
  const { code, err } = run(['server', '--members', closed, '--index', '0', '--service', module]);
  expect(err).toContain(`viewstamped server: --service: ${problem}`);
  expect(code).toBe(2);
});

test('a command rejects --members that names an address twice', () => {
  const { code, err } = run(['status', '--members', `${closed},127.0.0.1:2,${closed}`]);
  expect(err).toContain('--members: replicas 0 and 2 both have the address 127.0.0.1:1: give each its own.');
  expect(code).toBe(2);
});

test.each([
  ['a word that is no command', ['GOT', 'a'], "There is no command 'GOT'."],
  ['a command that lacks a word', ['SET', 'a'], 'Write SET key value.'],
  ['a watch of no key', ['WATCH'], 'Write WATCH key [after]'],
  ['a watch from no op-number', ['WATCH', 'a', '-1'], 'where after is an op-number'],
  ['a watch with a file', ['WATCH', 'a', '--file', 'package.json'], '--file works with'],
  ['a file that cannot be read', ['SET', 'a', '--file', 'missing.bin'], 'missing.bin'],
  ['an option with a wrong value', ['GET', 'a', '--timeout', 'soon'], '--timeout must be a whole number'],
])('a client with --json says in one line of JSON what is wrong: %s', (_, args, words) => {
  const { code, out, err } = run(['client', '--members', closed, '--json', ...args]);
  expect(JSON.parse(out)).toEqual({ error: 'UsageError', message: expect.stringContaining(words) });
  expect([code, err]).toEqual([2, '']);
});

test('a client with --json says in one line of JSON that its cluster cannot be read', () => {
  const { code, out, err } = run(['client', '--config', 'missing.yaml', '--json']);
  expect(JSON.parse(out)).toMatchObject({ error: 'SetupError' });
  expect([code, err]).toEqual([2, '']);
});

test('the command shows its version', () => {
  const { code, out } = run(['--version']);
  expect(out).toBe(`${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}\n`);
  expect(code).toBe(0);
});
