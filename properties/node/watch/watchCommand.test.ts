import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatAddress } from '../../../impl/node/cluster/address.ts';
import { root } from '../../root.ts';
import { ServedGroup } from '../servedGroup.ts';
import { set } from './executedEntries.ts';

const program = 'impl/cli/viewstamped.mjs';

test('a watch ends when its output is not read any more, and does not count what was not read', async () => {
  const group = await ServedGroup.start();
  const client = group.client();
  await client.request(set('a', 1));
  const members = group.cluster.addresses.map(formatAddress).join();
  const child = spawn(process.execPath, [program, 'client', '--members', members, 'WATCH', 'a', '1'], {
    ...{ cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const exited = once(child, 'exit');
  let err = '';
  child.stderr.on('data', (data: Buffer) => {
    err += data.toString('utf8');
  });
  const [first] = await once(child.stdout, 'data');
  expect(String(first)).toBe('2 SET "a" 1\n');
  child.stdout.destroy();
  await once(child.stdout, 'close');
  await client.request(set('a', 2));
  expect(await exited).toEqual([0, null]);
  await group.end();
  expect(err).toContain(
    'Stopped, because the output is not read any more. All changes after op-number 1 up to 2 were shown. To go on: WATCH "a" 2\n',
  );
});

test('a key that does not fit into a message is a usage error', () => {
  const directory = mkdtempSync(join(tmpdir(), 'viewstamped-'));
  const config = join(directory, 'cluster.yaml');
  writeFileSync(config, 'replicas_addresses: [127.0.0.1:1]\nframe_bytes: 4288\nmax_chars: 1\n');
  const args = [program, 'client', '--config', config, 'WATCH', 'k'.repeat(4300)];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  rmSync(directory, { recursive: true });
  expect(stderr).toMatch(/^viewstamped client: .*4,?288/);
  expect(stderr).not.toContain('    at ');
  expect(status).toBe(2);
});
