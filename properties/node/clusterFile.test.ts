import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keyValueService } from '../../impl/index.ts';
import { formatAddress, parseAddress } from '../../impl/node/cluster/address.ts';
import { clusterOf, configurationOf, groupOf } from '../../impl/node/cluster/cluster.ts';
import { readCluster } from '../../impl/node/cluster/clusterFile.ts';
import { SetupError } from '../../impl/node/cluster/setupError.ts';
import { binaryCodec } from '../../impl/node/encoding/codec.ts';

const directory = mkdtempSync(join(tmpdir(), 'viewstamped-'));
afterAll(() => rmSync(directory, { recursive: true }));

function reading(text: string, who = 'client') {
  const file = join(directory, 'cluster.yaml');
  writeFileSync(file, text);
  return () => readCluster(file, who);
}

const addresses = 'replicas_addresses:\n  - 127.0.0.1:14621\n  - localhost:14622\n  - "[::1]:14623"\n';

describe('a cluster file', () => {
  test('needs only the addresses of the replicas', () => {
    const cluster = reading(addresses)();
    expect(cluster.addresses.map(formatAddress)).toEqual([
      '127.0.0.1:14621',
      'localhost:14622',
      '[::1]:14623',
    ]);
    expect([cluster.mode, cluster.tick, cluster.connectionLimits.frame]).toEqual([
      'durable',
      50,
      1024 * 1024,
    ]);
  });

  test('may set every other field', () => {
    for (const name of ['ca', 'client', 'client-key']) writeFileSync(join(directory, `${name}.pem`), name);
    const more = 'mode: diskless\ntick_milliseconds: 20\nsessions: 7\ncodec: binary\nframe_bytes: 65536\n';
    const tls = 'tls:\n  ca: ca.pem\n  certificate: "{name}.pem"\n  key: "{name}-key.pem"\n';
    const rules =
      'roles:\n  read: [ann, bob]\n  metrics: []\nsessions_per_name: 3\nrequests_per_second_per_name: 9\n';
    expect(reading(addresses + more + tls + rules)()).toMatchObject({
      access: {
        roles: { read: ['ann', 'bob'], metrics: [] },
        sessionsPerName: 3,
        requestsPerSecondPerName: 9,
      },
      ...{ mode: 'diskless', tick: 20, codec: binaryCodec },
      ...{ limits: { sessions: 7 }, connectionLimits: { frame: 65_536 } },
      tls: { ca: 'ca', cert: 'client', key: 'client-key' },
    });
  });

  test.each([
    ['mode: sometimes', 'line 5: mode: '],
    ['\ntick_milliseconds: 0', 'line 6: tick_milliseconds: '],
    ['modus: durable', 'line 5: modus: '],
    [
      '  - LOCALHOST:14622',
      'replicas_addresses: replicas 1 and 3 both have the address LOCALHOST:14622: give each its own.',
    ],
    ['sessions: [', 'line 6: this is not YAML: '],
    ['sessions: *many', 'this is not YAML: Unresolved alias'],
    ['tls:\n  cert: x', 'line 6: tls.cert: Unrecognized key: "cert". Known fields: ca, certificate, key.'],
    ['tls:\n  ca: x\n  certificate: y', 'line 6: tls.key: '],
    ['roles:\n  read: [ann]', 'line 6: roles: names come from certificates: it needs tls'],
    ['sessions_per_name: 3', 'line 5: sessions_per_name: names come from certificates: it needs tls'],
    [
      'roles:\n  reads: [ann]',
      'line 6: roles.reads: Unrecognized key: "reads". Known fields: read, write, admin, metrics.',
    ],
    [
      'roles:\n  write:\n    - replica-1',
      'line 7: roles.write.0: a replica has no role: it takes part in the group',
    ],
    ['requests_per_second_per_name: 0', 'line 5: requests_per_second_per_name: '],
    ['tls:\n  ca: nowhere.pem\n  certificate: y\n  key: z', 'nowhere.pem'],
  ])('with %j is rejected, and the place is named', (text, error) => {
    expect(reading(`${addresses}${text}\n`)).toThrow(SetupError);
    expect(reading(`${addresses}${text}\n`)).toThrow(error);
  });

  test('with a bound on clocks that is shorter than two failure timeouts is rejected with the arithmetic', () => {
    const read = reading(`${addresses}tick_milliseconds: 100\nclock_bound_milliseconds: 1199\n`);
    expect(read).toThrow(
      'line 6: clock_bound_milliseconds: 1199 ms is less than 12 ticks of 100 ms, 1200 ms together, which is how old a report of a clock may be: write 1200 or more.',
    );
    expect(reading(`${addresses}clock_bound_milliseconds: 600\n`)().limits.clockBound).toBe(600);
  });

  test.each([
    [
      'frame_bytes: 4000',
      'line 5: frame_bytes: a message takes 2048 bytes, an entry of the log in it 2048, and a small operation 192, which makes 4288 bytes, and a frame has 4000: allow frames of 4288 bytes or more.',
    ],
    [
      'frame_bytes: 65536\nmax_chars: 262144',
      'line 6: max_chars: 262144 characters of 3 bytes and 2048 bytes around them make 788480 bytes, and a frame has 65536: allow 21162 characters or fewer, or frames of 788480 bytes or more.',
    ],
    [
      'frame_bytes: 65536\nqueue_bytes: 65544',
      'line 6: queue_bytes: a queue of 65544 bytes takes no frame of 65536 and its header of 9, 65545 together: allow queues of 65545 bytes or more, or smaller frames.',
    ],
  ])('that contradicts itself with %j is rejected with the arithmetic', (text, error) => {
    expect(reading(`${addresses}${text}\n`)).toThrow(SetupError);
    expect(reading(`${addresses}${text}\n`)).toThrow(error);
  });

  test('needs no other bound than that of a frame', () => {
    const cluster = (text: string) => configurationOf(reading(`${addresses}${text}`)(), keyValueService);
    expect(cluster('frame_bytes: 65536\n')).toMatchObject({ maxChars: 21_162, operationChars: 20_480 });
    expect(cluster('frame_bytes: 65536\nmax_chars: 21162\nqueue_bytes: 65545\n').maxChars).toBe(21_162);
    const short = clusterOf([], { connectionLimits: { frame: 65_536, queue: 65_544 } });
    expect(() => configurationOf(short, keyValueService)).toThrow(
      /^connectionLimits: a queue of 65544 bytes/,
    );
  });

  test('of another frame makes another group, because results have another bound', () => {
    const group = (text: string) =>
      groupOf(configurationOf(reading(`${addresses}${text}`)(), keyValueService));
    const chars = 'max_chars: 1000\n';
    expect(group(`${chars}frame_bytes: 65536\n`)).not.toBe(group(chars));
    expect(group(`${chars}frame_bytes: 1048576\n`)).toBe(group(chars));
  });

  test('has a bound on clocks that its ticks allow', () => {
    const cluster = (ticks: string) => configurationOf(reading(`${addresses}${ticks}`)(), keyValueService);
    expect(cluster('').clockBound).toBe(10_000);
    expect(cluster('tick_milliseconds: 1000\n').clockBound).toBe(12_000);
    const impossible = clusterOf([], { tick: 1000, limits: { clockBound: 5000 } });
    expect(() => configurationOf(impossible, keyValueService)).toThrow(RangeError);
  });

  test.each([
    [
      'replicas_addresses:\n  - 127.0.0.1:14621\n  - nonsense\n',
      'line 3: replicas_addresses.1: write host:port',
    ],
    ['mode: durable\n', 'replicas_addresses: '],
    ['', 'the file: '],
    ['- 1\n- 2\n', 'the file: '],
  ])('of %j is rejected, and the place is named', (text, error) => {
    expect(reading(text)).toThrow(error);
  });

  test('with a misspelt field is rejected, and that field is named beside the missing one', () => {
    const misspelt = reading(`tick_milliseconds: 50\n${addresses.replace('replicas', 'replica')}`);
    expect(misspelt).toThrow(/, line 3: replica_addresses: .* Known fields: replicas_addresses, mode, /);
    expect(misspelt).toThrow('line 1: replicas_addresses: ');
  });

  test('that does not exist is rejected in one sentence, with advice', () => {
    const file = join(directory, 'none.yaml');
    expect(() => readCluster(file, 'client')).toThrow(
      new SetupError(`Cannot read ${file}: there is no such file. Name one with --config.`),
    );
  });
});

test.each(['a:', ':1', 'a:65536', 'a b:1', '::1:80', 'a:1x', ''])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});
